import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BillingRunService, startBillingRun } from '#services/billing-run/start.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/* `tollbook bill` as a user runs it, against a real API and a real billing run. */

let api: TestApi;
let organization: Awaited<ReturnType<TestApi['organization']>>;
let service: BillingRunService;
let logEnd = new Map<number, bigint>();

beforeAll(async () => {
  api = await startTestApi();
  organization = await api.organization({ grace_minutes: 0 });
  for (const [key, currency] of [
    ['basic', 'EUR'],
    ['broken', 'USD'],
  ] as const)
    await organization.api.post('/v1/plans', {
      key,
      name: key,
      currency,
      charges: [{ key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } }],
    });
  for (const key of ['acme', 'beta', 'broken']) {
    await organization.api.post('/v1/customers', { key, name: key });
    const plan = key === 'broken' ? 'broken' : 'basic';
    await organization.api.post('/v1/subscriptions', { customer: key, plan, starts_on: '2025-03-01' });
  }
  await api.owner.query(
    `UPDATE charges SET terms = 'null' WHERE plan_id IN (SELECT id FROM plans WHERE key = 'broken')`,
  );
  service = await startBillingRun({
    pool: api.worker,
    logEnd: async () => logEnd,
    logger: testLogger(),
    pollMs: 20,
    scheduleMs: 3_600_000,
  });
});
afterAll(async () => {
  await service?.stop();
  await api?.stop();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function tollbook(args: readonly string[]): { child: ChildProcess; stderr: () => string; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../tollbook.js'), 'bill', ...args], {
    env: { PATH: process.env.PATH, TOLLBOOK_URL: api.url, TOLLBOOK_API_KEY: organization.adminKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, stderr: () => stderr, ended };
}

test('a dry run says what would be billed', async () => {
  const { code, stdout, stderr } = await tollbook(['--period', '2025-03', '--customers', 'acme, beta', '--dry-run'])
    .ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^Billing run \S+ completed\nIt would make:\ncurrency +invoices +total +credit notes +credited\nEUR +2 +20\.00 +0 +0\.00\n$/,
  );
});

test('all are billed but who is parked, who is named; the exit code says so', async () => {
  const { code, stdout } = await tollbook(['--period', '2025-03']).ended;
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /\nIt made:\n.*\nEUR +2 +20\.00 .*\nParked, not billed: 1\n {2}broken {2}missing_price: .+\n$/,
  );
});

test('--json is the run itself; where nothing is due all is well', async () => {
  const { code, stdout } = await tollbook(['--period', '2025-03', '--customers', 'acme', '--json']).ended;
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: 'completed', invoices_created: 0, totals: [] }]);
});

test.each([
  [['--period', '2199-01'], 'can be billed from'],
  [['--period', '2025-03', '--customers', 'acme,nobody'], '/customers/1: There is no customer "nobody".'],
  [['--period', 'March'], 'must be a month like 2026-10'],
  [['--period', '2025-03', '--customers', 'acme,,beta'], 'must be keys with commas between'],
  [[], '--period'],
])('%j cannot be done: exit code 2 and a sentence', async (args, sentence) => {
  const { code, stdout, stderr } = await tollbook(args).ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
});

test('Ctrl-C leaves the run going and says so; what it waits for is told; one that is cancelled could not be done', async () => {
  logEnd = new Map([[7, 5n]]);
  const first = tollbook(['--period', '2025-04']);
  await waitFor(() => first.stderr().includes('partition 7: 5 to go'), { describe: 'the reason to be told' });
  first.child.kill('SIGINT');
  const { code, stdout, stderr } = await first.ended;
  expect([code, stdout]).toEqual([130, '']);
  const [, id] = /The billing run (\S+) goes on/.exec(stderr) as RegExpExecArray;
  expect((await organization.api.get(`/v1/billing-runs/${id}`)).body.state).toBe('waiting');

  const second = tollbook(['--period', '2025-05']);
  await waitFor(() => second.stderr().includes('partition 7'), { describe: 'the second run to wait' });
  const { body: runs } = await organization.api.get('/v1/billing-runs?limit=1');
  await organization.api.post(`/v1/billing-runs/${runs.data[0].id}/cancel`);
  const ended = await second.ended;
  expect(ended.code).toBe(2);
  expect(ended.stdout).toMatch(/^Billing run \S+ cancelled: Cancelled by key:/);
  await organization.api.post(`/v1/billing-runs/${id}/cancel`);
});
