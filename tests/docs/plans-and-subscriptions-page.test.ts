import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/plans-and-subscriptions.md is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  // The day on which the page is set.
  api = await startTestApi({ now: () => Date.parse('2026-10-15T12:00:00Z') });
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const { adminKey, api: own } = await api.organization({ name: 'Page' });
  await own.post('/v1/meters', {
    key: 'calls',
    name: 'Calls',
    event_type: 'call',
    aggregation: 'count',
    group_by: ['region'],
  });
  await own.post('/v1/customers', { key: 'acme', name: 'Acme', time_zone: 'Europe/Berlin' });
  expect(await runPage('docs/api/plans-and-subscriptions.md', { url: api.url, key: adminKey })).toBe(13);
});
