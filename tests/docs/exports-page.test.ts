import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { billEveryModel } from '../support/every-model.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/exports.md is run as it stands there, on an organization with one invoice. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const { adminKey } = await billEveryModel(api);
  expect(await runPage('docs/api/exports.md', { url: api.url, key: adminKey })).toBe(1);
}, 60_000);
