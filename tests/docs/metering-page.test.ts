import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSystem, type TestSystem } from '../support/system.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/metering.md is run as it stands there, in order, and must come to be answered as it says there. */

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem('embedded');
});
afterAll(() => system?.stop());

test('the commands of the page are answered as it says', async () => {
  const { adminKey } = await system.organization({ name: 'Page' });
  expect(await runPage('docs/api/metering.md', { url: system.apiUrl, key: adminKey })).toBe(15);
});
