import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readSigningKey } from '#libs/invoicing/chain/read-signing-key.ts';
import { signHeads } from '#libs/invoicing/run/sign-heads.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { billEveryModel } from '../support/every-model.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/explain-and-verify.md is run as it stands there, on an invoice with every model behind which usage came late. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const { adminKey } = await billEveryModel(api, true);
  const { privateKey } = generateKeyPairSync('ed25519');
  await signHeads(api.worker, readSigningKey(String(privateKey.export({ format: 'pem', type: 'pkcs8' }))), Date.now);
  expect(await runPage('docs/api/explain-and-verify.md', { url: api.url, key: adminKey })).toBe(5);
}, 60_000);
