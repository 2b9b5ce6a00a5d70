import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { readSigningKey } from '#libs/invoicing/chain/read-signing-key.ts';
import { signHeads } from '#libs/invoicing/run/sign-heads.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';

/* `tollbook verify` as a process, over the API, an export and a database, and GET /v1/invoices/{id}/verify. */

let api: TestApi;
let own: Awaited<ReturnType<TestApi['organization']>>;
let directory: string;
// biome-ignore lint/suspicious/noExplicitAny: rows as they are.
let documents: any[];
const key = readSigningKey(String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })));
const file = (name: string) => path.join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tollbook-verify-'));
  api = await startTestApi();
  own = await api.organization({ name: 'Verify' });
  const fixture = billingFixture(api.owner);
  const meterId = await fixture.meter(own.id);
  const plan = await fixture.simplePlan(own.id, meterId);
  for (const name of ['a', 'b', 'c']) await fixture.simpleCustomer(own.id, name, plan);
  await fixture.usage(own.id, meterId, 'b', HOUR_IN_PAST_MONTH, '100');
  await bill(api.owner, api.worker, own.id);
  await signHeads(api.worker, key, Date.now);
  documents = await fixture.documents(own.id);
  for (const [name, route] of [
    ['documents', 'invoices'],
    ['heads', 'chain-heads'],
  ])
    await writeFile(file(`${name}.ndjson`), (await own.api.get(`/v1/exports/${route}`)).bytes);
});
afterAll(async () => {
  await api?.stop();
  await rm(directory, { recursive: true, force: true });
});

function verify(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, TOLLBOOK_URL: api.url, TOLLBOOK_API_KEY: own.adminKey };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/tollbook.ts', 'verify', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const attack = (sql: string, ...values: unknown[]) =>
  inTransaction(api.owner, async (tx) => {
    await tx.query("SET LOCAL session_replication_role = 'replica'");
    await tx.query(sql, values);
  });

describe('whole', () => {
  test.each([
    ['over the API', () => []],
    ['over an export', () => ['--file', file('documents.ndjson'), '--heads', file('heads.ndjson'), '--trust', key.id]],
    ['over a database', () => ['--database', api.worker.options.connectionString as string]],
  ])('%s', async (_name, args) => {
    expect(await verify(...args())).toEqual({
      code: 0,
      stdout: '3 documents are whole, 1 signed heads agree.\n',
      stderr: '',
    });
  });

  test('one document, by the API', async () => {
    const { body } = await own.api.get(`/v1/invoices/${documents[2].id}/verify`);
    expect(body.ok).toBe(true);
    expect(body.checks.map((check: { name: string }) => check.name)).toEqual([
      'chain',
      'signature',
      'columns',
      'lines',
      'voiding',
      'pdf',
      'buyer',
    ]);
    expect((await own.api.get(`/v1/credit-notes/${documents[2].id}/verify`)).status).toBe(404);
    const { api: other } = await api.organization();
    expect((await other.get(`/v1/invoices/${documents[2].id}/verify`)).status).toBe(404);
  });
});

describe('touched', () => {
  test('a document of an export, named; as JSON too', async () => {
    const lines = (await own.api.get('/v1/exports/invoices')).bytes.toString().trim().split('\n');
    const second = JSON.parse(lines[1] as string);
    second.document.lines[0].amount = '0.01';
    await writeFile(file('forged.ndjson'), [lines[0], JSON.stringify(second), lines[2]].join('\n'));
    const reason = 'its content is not what was hashed when it was finalized';
    expect(await verify('--file', file('forged.ndjson'))).toEqual({
      code: 1,
      stdout: `Touched: invoices, ${second.number}: ${reason}\n`,
      stderr: '',
    });
    const { stdout } = await verify('--file', file('forged.ndjson'), '--json');
    expect(JSON.parse(stdout)).toEqual({ ok: false, touched: { table: 'invoices', document: second.number, reason } });
    await writeFile(file('cut.ndjson'), lines.slice(0, 2).join('\n'));
    expect(await verify('--file', file('cut.ndjson'), '--heads', file('heads.ndjson'))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Touched: invoices, invoice 3 of .* is not there\n$/),
    });
  });

  test('rows of a database, by the command and by the API', async () => {
    const before = (await own.api.get(`/v1/invoices/${documents[1].id}/verify`)).body;
    expect(before.ok).toBe(true);
    await attack(
      'UPDATE invoice_lines SET amount = amount + 1 WHERE invoice_id = $1 AND position = 2',
      documents[1].id,
    );
    expect(await verify('--database', api.worker.options.connectionString as string)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(new RegExp(`^Touched: invoice_lines, ${documents[1].number}, line 2: amount is`)),
    });
    // The export is made from the documents, which nobody touched.
    expect(await verify()).toMatchObject({ code: 0 });
    const { body } = await own.api.get(`/v1/invoices/${documents[1].id}/verify`);
    expect(body).toMatchObject({ ok: false });
    expect(body.checks.filter((check: { ok: boolean }) => !check.ok)).toMatchObject([{ name: 'lines' }]);
    await attack(
      'UPDATE invoice_lines SET amount = amount - 1 WHERE invoice_id = $1 AND position = 2',
      documents[1].id,
    );
  });
});

describe('could not be checked', () => {
  test.each([
    ['a file that is not there', () => ['--file', '/nowhere.ndjson'], /ENOENT/],
    ['a file that holds something else', () => ['--file', 'package.json'], /line 1 of package\.json/],
    ['a login that does not see all rows', () => ['--database', withRole('tollbook_api')], /does not see the rows/],
    ['both', () => ['--file', 'a', '--database', 'postgres://b'], /exclude each other/],
  ])('%s: exit code 2', async (_name, args, message) => {
    expect(await verify(...args())).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});

function withRole(role: string): string {
  const url = new URL(api.owner.options.connectionString as string);
  url.searchParams.set('options', `-c role=${role}`);
  return url.href;
}
