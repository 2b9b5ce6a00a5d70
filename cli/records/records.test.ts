import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { columnsText, fieldsText } from '../columns.ts';

/* What the commands that look at things print, as a user runs them, against a real API. */

let api: TestApi;
let own: Awaited<ReturnType<TestApi['organization']>>;
let folder: string;
// biome-ignore lint/suspicious/noExplicitAny: rows as they are.
let documents: any[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tollbook-records-'));
  api = await startTestApi();
  own = await api.organization({ name: 'Records' });
  const fixture = billingFixture(api.owner);
  const meterId = await fixture.meter(own.id);
  const plan = await fixture.simplePlan(own.id, meterId);
  for (const name of ['a', 'b']) await fixture.simpleCustomer(own.id, name, plan);
  await own.api.post('/v1/customers', { key: 'c', name: 'No more' });
  await fixture.usage(own.id, meterId, 'b', HOUR_IN_PAST_MONTH, '100');
  await bill(api.owner, api.worker, own.id);
  documents = await fixture.documents(own.id);
});
afterAll(async () => {
  await api?.stop();
  await rm(folder, { recursive: true, force: true });
});

const tollbook = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, '../tollbook.ts'), ...args],
      { cwd: folder, env: { PATH: process.env.PATH, TOLLBOOK_URL: api.url, TOLLBOOK_API_KEY: own.adminKey } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
const json = async (...args: string[]) => JSON.parse((await tollbook(...args, '--json')).stdout);

test('lists end where they are told to, and say when there is more', async () => {
  const { code, stdout, stderr } = await tollbook('customers', 'list', '--limit', '1');
  expect([code, stderr]).toEqual([0, 'There are more: --all or --limit shows them.\n']);
  expect(stdout).toMatch(/^key +name +e-mail +time zone +since\n\S.*\n$/);
  expect(await json('customers', 'list', '--limit', '1')).toMatchObject({ data: [{}], has_more: true });
  expect(await json('customers', 'list', '--limit', '3')).toMatchObject({ data: [{}, {}, {}], has_more: false });
  const all = await tollbook('customers', 'list', '--all');
  expect([all.stdout.trim().split('\n').length, all.stderr]).toEqual([4, '']);
});

test('what names hold cannot steer the terminal', () => {
  const name = 'No\u001b[2J more\u009b';
  expect(columnsText([{ title: 'name', of: (row: string) => row }], [name])).toBe('name\nNo\\u001b[2J more\\u009b\n');
  expect(
    fieldsText([
      ['name', name],
      ['none', null],
      ['all', ['a', name]],
    ]),
  ).toBe('name  No\\u001b[2J more\\u009b\nall   a, No\\u001b[2J more\\u009b\n');
});

test('plans, meters and subscriptions, as text and as the API answers', async () => {
  const [plan, meter, subscriptions] = await Promise.all([
    json('plans', 'list'),
    json('meters', 'list'),
    json('subscriptions', 'list', '--customer', 'b'),
  ]);
  expect([plan.data.length, meter.data.length, subscriptions.data.length]).toEqual([1, 1, 1]);
  const tiers = [
    { up_to: '10', unit_amount: '2' },
    { up_to: null, unit_amount: '1' },
  ];
  const charges = [
    { key: 'fee', price: { model: 'flat', amount: '49' }, billing: 'in_advance' },
    { key: 'use', meter: meter.data[0].key, price: { model: 'graduated', tiers } },
  ];
  const key = 'basic';
  await own.api.post('/v1/plans', { key, name: 'Basic', currency: 'EUR', charges });
  const shown = await tollbook('plans', 'show', key);
  expect(shown.stdout).toMatch(/^key +\S+\nversion +1, active\n/);
  expect(shown.stdout).toMatch(
    /\ncharge +meter +price +billed\nfee +- +flat 49 +in advance\nuse +\S+ +graduated, 2 tiers +in arrears\n$/,
  );
  expect(await json('plans', 'show', key)).toEqual((await own.api.get(`/v1/plans/${key}`)).body);
  expect((await tollbook('meters', 'show', meter.data[0].key)).stdout).toMatch(/^key +\S+\nversion +1\n/);
  expect((await tollbook('subscriptions', 'show', subscriptions.data[0].id)).stdout).toMatch(
    /\ncustomer +b\nplan +\S+, version 1\n/,
  );
  expect((await tollbook('subscriptions', 'list', '--customer', 'c')).stdout).toBe('no subscriptions\n');
});

test('an invoice: in the list, whole, as a PDF, and its line walked back to usage', async () => {
  const [listed] = (await json('invoices', 'list', '--customer', 'b')).data;
  expect((await tollbook('invoices', 'list', '--customer', 'b')).stdout).toContain(`${listed.number}  b `);
  expect((await json('invoices', 'list', '--status', 'paid')).data).toEqual([]);
  const shown = await tollbook('invoices', 'show', listed.id);
  expect(shown.stdout).toMatch(new RegExp(`^number +${listed.number}\n`));
  expect(shown.stdout).toMatch(new RegExp(`\ntotal +${listed.total.replace('.', '\\.')}\n`));
  expect(shown.stdout).toMatch(/\nline +description +quantity +net [A-Z]{3}\n +1 /);

  expect((await tollbook('invoices', 'pdf', listed.id)).code).toBe(0);
  const [file] = await readdir(folder);
  expect((await readFile(path.join(folder, file as string))).subarray(0, 5).toString()).toBe('%PDF-');
  const told = await json('invoices', 'pdf', listed.id, '--output', 'other.pdf');
  expect(told).toMatchObject({ number: listed.number, file: 'other.pdf', bytes: expect.any(Number) });
  expect((await tollbook('invoices', 'pdf', listed.id, '--output', 'none/other.pdf')).code).toBe(1);

  const { lines } = await json('invoices', 'show', listed.id);
  const usage = lines.find((line: { quantity: string }) => line.quantity === '100');
  const explained = await tollbook('explain', listed.id, String(usage.position));
  expect(explained.stdout).toContain(`amount  `.trim());
  expect(explained.stdout).toMatch(/\nstep +at +quantity +amount\n/);
  expect(explained.stdout).toMatch(/\nbilled +100 +\d+\n/);
  expect((await json('explain', listed.id, '1')).document.number).toBe(listed.number);
  expect(documents.map(({ id }) => id)).toContain(listed.id);
});

test('usage as a table, with a column for each property', async () => {
  const { data } = await own.api.get('/v1/meters').then(({ body }) => body);
  const from = new Date(HOUR_IN_PAST_MONTH).toISOString();
  const args = ['usage', data[0].key, '--from', from, '--window', 'total'];
  expect((await tollbook(...args)).stdout).toMatch(/^from +customer .*quantity +events\n\S+ +b .* 100 +\d+\n$/);
  expect((await json(...args)).data).toMatchObject([{ customer: 'b', quantity: '100' }]);
  expect((await tollbook('usage', data[0].key, '--customer', 'nobody')).stdout).toBe('no usage\n');
});

test('what is not there: exit code 1, a sentence, and as JSON what the server said', async () => {
  const { code, stdout, stderr } = await tollbook('customers', 'show', 'nobody');
  expect([code, stdout, stderr]).toEqual([
    1,
    '',
    expect.stringMatching(/^tollbook: GET \/v1\/customers\/nobody was refused: .+\n$/),
  ]);
  const failed = await tollbook('customers', 'show', 'nobody', '--json');
  expect([failed.code, JSON.parse(failed.stdout)]).toMatchObject([
    1,
    { ok: false, code: 'not_found', status: 404, request_id: expect.any(String) },
  ]);
});
