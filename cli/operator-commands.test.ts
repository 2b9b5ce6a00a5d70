import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hourOf } from '#libs/metering/hour.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { createFeed, usageEvent } from '#tests/support/metering.ts';

/* `tollbook reconcile`, `tollbook quote` and `tollbook cache rebuild` as a user runs them, against a real API. */

let api: TestApi;
let organization: Awaited<ReturnType<TestApi['organization']>>;
const now = hourOf(Date.now()) + 10;

beforeAll(async () => {
  api = await startTestApi({ now: () => now });
  organization = await api.organization();
  await organization.api.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  const feed = await createFeed(api.worker);
  const events = ['a', 'b', 'b', 'c'].map((id) => usageEvent(id, { time: now }));
  await feed(organization.id, events, new Date(now));
});
afterAll(() => api?.stop());

const tollbook = (args: string[], key = organization.adminKey) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'tollbook.js'), ...args],
      { env: { PATH: process.env.PATH, TOLLBOOK_URL: api.url, TOLLBOOK_API_KEY: key } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

test('reconcile prints days and meters, and ends with 1 when something does not match', async () => {
  const whole = await tollbook(['reconcile']);
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  const day = new Date(now).toISOString().slice(0, 10);
  expect(whole.stdout).toMatch(new RegExp(`^${day}( +\\d+){9}$`, 'm'));
  expect(whole.stdout).toMatch(/^total +4 +3 +0 +1 +0 +0 +0 +0 +0$/m);
  expect(whole.stdout).toMatch(/^calls +3 +3 +0$/m);
  expect(whole.stdout).toMatch(/Every record is accounted for\.\n$/);

  await api.owner.query('UPDATE meter_counts SET event_count = event_count + 2');
  const broken = await tollbook(['reconcile', '--json']);
  expect([broken.code, JSON.parse(broken.stdout)]).toMatchObject([1, { records: 4, unexplained: 2 }]);
  expect((await tollbook(['reconcile'])).stdout).toMatch(/2 unexplained/);
  await api.owner.query('UPDATE meter_counts SET event_count = event_count - 2');
});

test('cache rebuild fills an empty cache from the database', async () => {
  const usage = async () =>
    (
      await organization.api.get(
        `/v1/usage?meter=calls&customer=acme&window=hour&from=${new Date(hourOf(now)).toISOString()}`,
      )
    ).body;
  expect(await usage()).toMatchObject({ source: 'database', data: [{ quantity: '3' }] });
  expect(await tollbook(['cache', 'rebuild'])).toMatchObject({ code: 0, stdout: '1 entries written\n' });
  expect(await usage()).toMatchObject({ source: 'cache', data: [{ quantity: '3', event_count: 3 }] });
});

test('quote prints the lines, on demand how they came about, and what is due', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'quote-'));
  const file = path.join(directory, 'question.json');
  const question = {
    currency: 'EUR',
    charges: [
      { key: 'api', price: { model: 'per_unit', unit_amount: '0.002' } },
      { key: 'base', price: { model: 'flat', amount: '49' } },
    ],
    usage: [{ charge: 'api', quantity: '1500' }],
    tax_rates: [{ name: 'VAT', percent: '20' }],
  };
  await writeFile(file, JSON.stringify(question));
  const { code, stdout } = await tollbook(['quote', file, '--steps']);
  expect(code).toBe(0);
  expect(stdout).toBe(`line                 quantity  amount EUR  discount    net
api                      1500        3.00      0.00   3.00
  per unit at 0.002      1500           3                 
base                        1       49.00      0.00  49.00
  flat at 49                1          49                 

subtotal    52.00
VAT 20 %    10.40
total       62.40
amount due  62.40
`);
  expect(JSON.parse((await tollbook(['quote', file, '--json'])).stdout)).toMatchObject({ amount_due: '62.40' });
  await writeFile(file, JSON.stringify({ ...question, currency: 'euro', usage: [{ charge: 'api', quantity: 1 }] }));
  const wrong = await tollbook(['quote', file]);
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/\n {2}\/currency must be .*\n {2}\/usage\/0\/quantity .*\n$/s),
  ]);
  expect(await tollbook(['quote', path.join(directory, 'none')])).toMatchObject({ code: 2 });
  await rm(directory, { recursive: true });
});

test('a key that may not is told so, in one sentence', async () => {
  const { body } = await organization.api.post('/v1/api-keys', { name: 'reader', scopes: ['read'] });
  const refused = await tollbook(['cache', 'rebuild'], body.key);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^tollbook: POST \/v1\/cache\/rebuild was refused: .+\n$/);
  expect(await tollbook(['reconcile', '--from', 'yesterday'])).toMatchObject({ code: 2 });
});
