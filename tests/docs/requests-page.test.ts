import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/requests.md is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const { adminKey } = await api.organization({ name: 'Page' });
  expect(await runPage('docs/api/requests.md', { url: api.url, key: adminKey })).toBe(5);
});
