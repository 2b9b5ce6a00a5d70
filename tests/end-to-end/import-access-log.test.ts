import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Invoice } from '#scripts/demo/compare.ts';
import { lastFullMonth } from '#scripts/demo/workload.ts';
import { createAccessLog } from '#scripts/sample-data/access-log.ts';
import type { TestClient } from '../support/client.ts';
import { startProcess } from '../support/process.ts';
import { startSystem, type TestSystem, waitForRecords } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/* A web server's log of a month, imported by the command line tool and billed. What must come out is read from the log's lines here, by other means. */

const LINES = 10_000;
const month = lastFullMonth(new Date());
let system: TestSystem;
let api: TestClient;
let adminKey: string;
let folder: string;
let file: string;
const requests = new Map<string, bigint>();
const bytes = new Map<string, bigint>();
let lineCount = 0;

beforeAll(async () => {
  system = await startSystem('embedded');
  ({ api, adminKey } = await system.organization({ name: 'Web', event_max_age_days: 70, grace_minutes: 0 }));
  folder = await mkdtemp(path.join(tmpdir(), 'tollbook-import-'));
  file = path.join(folder, 'access.log');
  const text = createAccessLog({ month, lines: LINES, seed: 11 });
  await writeFile(file, text);
  for (const line of text.split('\n').filter(Boolean)) {
    lineCount += 1;
    const [host, , user] = line.split(' ') as [string, string, string];
    const customer = user === '-' ? host : user;
    const size = /" \d{3} (\d+|-)( |$)/.exec(line)?.[1] ?? '-';
    requests.set(customer, (requests.get(customer) ?? 0n) + 1n);
    bytes.set(customer, (bytes.get(customer) ?? 0n) + (size === '-' ? 0n : BigInt(size)));
  }
  await api.create('/v1/meters', {
    key: 'requests',
    name: 'Requests',
    event_type: 'http.request',
    aggregation: 'count',
  });
  await api.create('/v1/meters', {
    key: 'bytes',
    name: 'Bytes',
    event_type: 'http.request',
    aggregation: 'sum',
    value_property: 'bytes',
  });
  await api.create('/v1/plans', {
    key: 'web',
    name: 'Web',
    currency: 'EUR',
    charges: [
      { key: 'requests', name: 'Requests', meter: 'requests', price: { model: 'per_unit', unit_amount: '0.001' } },
      { key: 'bytes', name: 'Bytes', meter: 'bytes', price: { model: 'per_unit', unit_amount: '0.00000005' } },
    ],
  });
  for (const key of requests.keys()) {
    await api.create('/v1/customers', { key, name: `Customer ${key}` });
    await api.create('/v1/subscriptions', { customer: key, plan: 'web', starts_on: `${month}-01` });
  }
}, 120_000);
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

const importFile = async (...args: string[]) => {
  const tool = startProcess('cli/tollbook.js', { TOLLBOOK_URL: system.ingestUrl, TOLLBOOK_API_KEY: adminKey }, [
    'import',
    file,
    ...args,
  ]);
  return { code: await tool.exited, output: tool.output() };
};

test('the log has at least 10,000 lines', () => {
  expect(lineCount).toBeGreaterThanOrEqual(10_000);
});

test('every line becomes one event, and importing again adds nothing', async () => {
  const first = await importFile('--json');
  expect([first.code, JSON.parse(first.output)]).toMatchObject([0, { accepted: lineCount }]);
  const again = await importFile('--json');
  expect([again.code, JSON.parse(again.output)]).toMatchObject([0, { accepted: 0, duplicates: lineCount }]);
  await waitForRecords(api, 2 * lineCount);
  expect((await api.get('/v1/reconciliation?from=1970-01-01&to=2100-01-01')).body).toMatchObject({
    counted: lineCount,
    duplicates: lineCount,
  });
});

test('the month is billed for every user and host as the lines say', async () => {
  const { id } = await api.create<{ id: string }>('/v1/billing-runs', { period: month });
  await waitFor(async () => (await api.get<{ state: string }>(`/v1/billing-runs/${id}`)).body.state === 'completed', {
    timeoutMs: 60_000,
    describe: 'the billing run',
  });
  const invoices: Invoice[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { data: { id: string }[]; next_cursor: string | null } = (
      await api.get<never>(`/v1/invoices?limit=100${cursor && `&cursor=${cursor}`}`)
    ).body;
    for (const one of page.data) invoices.push((await api.get<Invoice>(`/v1/invoices/${one.id}`)).body);
    cursor = page.next_cursor;
  }
  const billed = Object.fromEntries(
    invoices.map(({ customer, lines }) => [customer, lines.map(({ quantity, amount }) => `${quantity} = ${amount}`)]),
  );
  // Whole units in fractions of a cent, rounded half up once per line: 0.1 cent a request, 0.000005 cent a byte.
  const cents = (value: bigint, parts: bigint) => (value + parts / 2n) / parts;
  const money = (amount: bigint) => `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;
  const expected = [...requests].flatMap(([customer, count]): [string, string[]][] => {
    const sum = bytes.get(customer) as bigint;
    const [perRequest, perByte] = [cents(count, 10n), cents(sum, 200_000n)];
    // Who comes to nothing at all gets no invoice.
    if (perRequest + perByte === 0n) return [];
    return [[customer, [`${count} = ${money(perRequest)}`, `${sum} = ${money(perByte)}`]]];
  });
  expect(expected.length).toBeGreaterThan(0);
  expect(billed).toEqual(Object.fromEntries(expected));
});

test('a log older than the organization takes is refused with the setting that widens it', async () => {
  file = path.join(folder, 'old.log');
  await writeFile(file, createAccessLog({ month: '2020-01', lines: 5, seed: 1 }));
  const { code, output } = await importFile();
  expect(code).toBe(1);
  expect(output).toMatch(/event_max_age_days/);
});
