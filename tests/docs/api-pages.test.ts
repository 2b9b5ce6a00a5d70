import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { runPage } from './run-page.ts';

/* Every command of a page of docs/api that finds nothing set up is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

// First, because the page lists all organizations there are.
test("the 4 commands of organizations.md are answered as it says, with the operator's key", async () => {
  expect(await runPage('docs/api/organizations.md', { url: api.url, key: api.operatorKey })).toBe(4);
});

test.each([
  { page: 'coupons-and-taxes', commands: 17 },
  { page: 'exchange-rates', commands: 5 },
  { page: 'invoices', commands: 10 },
  { page: 'keys-and-tokens', commands: 6 },
  { page: 'quotes', commands: 7 },
  { page: 'requests', commands: 5 },
])('the $commands commands of $page.md are answered as it says', async ({ page, commands }) => {
  const { adminKey } = await api.organization({ name: 'Page' });
  expect(await runPage(`docs/api/${page}.md`, { url: api.url, key: adminKey })).toBe(commands);
});
