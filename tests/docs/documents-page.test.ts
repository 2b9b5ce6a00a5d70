import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { bill, billingFixture } from '../support/billing.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/documents.md is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const { id, adminKey } = await api.organization({ name: 'Page' });
  const fixture = billingFixture(api.owner);
  await fixture.simpleCustomer(id, 'acme', await fixture.simplePlan(id, await fixture.meter(id)));
  await bill(api.owner, api.worker, id);
  expect(await runPage('docs/api/documents.md', { url: api.url, key: adminKey })).toBe(4);
});
