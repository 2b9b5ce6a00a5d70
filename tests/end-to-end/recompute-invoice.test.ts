import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { billEveryModel, type EveryModel } from '../support/every-model.ts';

/* scripts/recompute-invoice.ts against an invoice of every model and aggregation, whole and tampered with. */

let api: TestApi;
let billed: EveryModel;
beforeAll(async () => {
  api = await startTestApi();
  billed = await billEveryModel(api, true, true);
}, 60_000);
afterAll(() => api?.stop());

function recompute(): Promise<{ code: number; stdout: string; stderr: string }> {
  const args = ['scripts/recompute-invoice.ts', '--url', api.url, '--key', billed.adminKey, billed.invoiceId];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const attack = (sql: string) =>
  inTransaction(api.owner, async (tx) => {
    await tx.query("SET LOCAL session_replication_role = 'replica'");
    await tx.query(sql, [billed.invoiceId]);
  });

const differences = ({ stdout }: { stdout: string }) =>
  stdout
    .split('\n')
    .filter((line) => line.endsWith('DIFFERENT'))
    .map((line) => line.split('  ')[0]);

test('it imports nothing of the product', async () => {
  const files = [
    'scripts/recompute-invoice.ts',
    ...(await readdir('scripts/recompute')).map((name) => `scripts/recompute/${name}`),
  ];
  for (const file of files) {
    const imports = [...(await readFile(file, 'utf8')).matchAll(/from '([^']+)'/g)].map((match) => match[1]);
    expect(imports.filter((name) => !/^(node:|\.\/)/.test(name as string))).toEqual([]);
  }
});

test('every figure of an invoice with every model is the same', async () => {
  const result = await recompute();
  expect([result.code, result.stderr, differences(result)]).toEqual([0, '', []]);
  const { body } = await billed.api.get(`/v1/invoices/${billed.invoiceId}`);
  expect(Number(body.discount_total)).toBeGreaterThan(17);
  expect(body).toMatchObject({
    prepaid_applied: '100.00',
    taxes: [{ key: 'vat' }, { key: 'city' }],
    exchange: { rate: '0.923456789' },
  });
  for (const { position } of body.lines) expect(result.stdout).toMatch(new RegExp(`^line ${position} amount `, 'm'));
});

test('an amount that was changed, an event that was changed: told, with exit code 1', async () => {
  await attack(`UPDATE invoices SET document = jsonb_set(document, '{lines,3,amount}', '"99.00"') WHERE id = $1`);
  const forged = await recompute();
  expect(forged.code).toBe(1);
  expect(differences(forged)).toEqual(expect.arrayContaining(['hash', 'line 4 steps', 'line 4 amount', 'subtotal']));
  await inTransaction(api.owner, async (tx) => {
    await tx.query(`UPDATE usage_events SET properties = properties || '{"n": "8.5"}' WHERE id = 'graduated-0'`);
  });
  const moved = await recompute();
  expect(differences(moved)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^line \d+ digest$/), expect.stringMatching(/quantity/)]),
  );
});
