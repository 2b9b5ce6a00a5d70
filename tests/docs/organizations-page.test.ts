import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/organizations.md is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  expect(await runPage('docs/api/organizations.md', { url: api.url, key: api.operatorKey })).toBe(4);
});
