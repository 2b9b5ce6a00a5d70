import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { bill, billingFixture } from '../support/billing.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/erasure.md is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const { id, adminKey, api: own } = await api.organization({ name: 'Page', grace_minutes: 0 });
  const fixture = billingFixture(api.owner);
  const plan = await fixture.simplePlan(id, await fixture.meter(id));
  const customer = await fixture.customer(id, 'acme');
  await fixture.subscription(id, customer, plan, { startsOn: '2025-03-01', endsOn: '2025-04-01' });
  await bill(api.owner, api.worker, id);
  await api.owner.query('UPDATE subscriptions SET due_from = NULL');
  await own.post('/v1/customers', { key: 'beta', name: 'Beta', email: 'b@example.com' });
  expect(await runPage('docs/api/erasure.md', { url: api.url, key: adminKey })).toBe(4);
});
