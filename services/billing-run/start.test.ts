import { spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { verifyChain } from '#libs/invoicing/chain/verify-chain.ts';
import { buyerKey } from '#libs/invoicing/documents/buyer-key.ts';
import { claimRun } from '#libs/invoicing/run/claim-run.ts';
import { selectBillingRun } from '#libs/invoicing/store/select-billing-run.ts';
import { selectChain } from '#libs/invoicing/store/select-chain.ts';
import { billingFixture, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { type BillingRunDependencies, type BillingRunService, startBillingRun } from './start.ts';

let database: TestDatabase;
let owner: Pool;
let worker: Pool;
let fixture: ReturnType<typeof billingFixture>;
const services: BillingRunService[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  worker = database.pool('tollbook_worker');
  fixture = billingFixture(owner);
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
  // What a test leaves open must not be picked up by the next one's service.
  await owner.query("UPDATE billing_runs SET state = 'failed' WHERE state NOT IN ('completed', 'failed')");
});
afterAll(() => database?.drop());

const logger = testLogger();

async function start(changes: Partial<BillingRunDependencies> = {}): Promise<BillingRunService> {
  const service = await startBillingRun({
    pool: worker,
    logEnd: async () => new Map(),
    logger,
    pollMs: 20,
    scheduleMs: 3_600_000,
    chunkSize: 2,
    ...changes,
  });
  services.push(service);
  return service;
}

async function customers(count: number) {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  for (let n = 0; n < count; n += 1) {
    await fixture.simpleCustomer(organizationId, `customer-${n}`, planId);
    await fixture.usage(organizationId, meterId, `customer-${n}`, HOUR_IN_PAST_MONTH, '1000');
  }
  return organizationId;
}

const read = (organizationId: number, id: string) =>
  inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id));

async function untilState(organizationId: number, id: string, state: string) {
  let last: unknown;
  await waitFor(
    async () => {
      last = await read(organizationId, id);
      return (last as { state?: string } | null)?.state === state;
    },
    { timeoutMs: 30_000, describe: () => `the run to be ${state}; it is ${JSON.stringify(last)}` },
  );
  return read(organizationId, id);
}

async function expectWhole(organizationId: number, count: number) {
  const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { limit: 1000 }));
  expect(verifyChain(chain)).toMatchObject({ ok: true, documents: count });
  expect(new Set(chain.map(({ document }) => buyerKey(document))).size).toBe(count);
  for (const { document } of chain) expect(document.total).toBe('12.00');
}

test('picks up a queued run and completes it, three processes or one', async () => {
  const organizationId = await customers(7);
  await Promise.all([start(), start(), start()]);
  const { id } = await fixture.queue(organizationId);
  expect(await untilState(organizationId, id, 'completed')).toMatchObject({ customersDone: 7, invoicesCreated: 7 });
  await expectWhole(organizationId, 7);
});

test('bills by itself what became due', async () => {
  const organizationId = await fixture.organization();
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  const customerId = await fixture.customer(organizationId, 'acme');
  await fixture.subscription(organizationId, customerId, planId, {
    startsOn: '2025-03-01',
    endsOn: '2025-04-01',
    createdAt: '2025-03-01T00:00:00Z',
  });
  await start({ scheduleMs: 50 });
  await waitFor(async () => (await fixture.documents(organizationId)).length > 0, { describe: 'the invoice' });
  const [invoice] = await fixture.documents(organizationId);
  expect((await untilState(organizationId, invoice.billing_run_id, 'completed'))?.requestedBy).toBe('schedule');
});

describe('trouble', () => {
  test('that passes is noted on the run, which then goes on', async () => {
    const organizationId = await customers(1);
    let asked = 0;
    await start({
      logEnd: async () => {
        asked += 1;
        if (asked === 1) throw new Error('Kafka does not answer');
        return new Map();
      },
    });
    const { id } = await fixture.queue(organizationId);
    await waitFor(
      async () => (await read(organizationId, id))?.stateReason?.includes('Kafka does not answer') ?? false,
      {
        describe: 'the reason',
      },
    );
    expect(await untilState(organizationId, id, 'completed')).toMatchObject({ invoicesCreated: 1, stateReason: null });
  });

  test('a run in one hand is left alone by the others, and free the moment its owner is gone', async () => {
    const organizationId = await customers(1);
    const { id } = await fixture.queue(organizationId);
    const claim = await claimRun(worker, organizationId, id);
    expect(claim).not.toBeNull();
    expect(await claimRun(worker, organizationId, id)).toBeNull();
    // The owner's connection is cut, as when its process dies.
    await owner.query(
      `SELECT pg_terminate_backend(l.pid)
         FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
        WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid()`,
    );
    await waitFor(() => claim?.lost.aborted === true, { describe: 'the owner to notice' });
    await claim?.release();
    await start();
    await untilState(organizationId, id, 'completed');
  });

  test('stop hands a waiting run back at once', async () => {
    const organizationId = await customers(1);
    const service = await start({ logEnd: async () => new Map([[9, 5n]]) });
    const { id } = await fixture.queue(organizationId);
    await waitFor(async () => (await read(organizationId, id))?.stateReason?.includes('partition 9') ?? false, {
      describe: 'the run to wait',
    });
    await service.stop();
    expect(await read(organizationId, id)).toMatchObject({ state: 'waiting' });
    await fixture.applied({ 9: 5 });
    await start();
    await untilState(organizationId, id, 'completed');
  });
});

/** A process of its own that runs the service and stops for ever at a step, so that it can be killed there. */
const PROCESS = `
  const { createPool } = await import('./libs/database/pool.ts');
  const { createLogger } = await import('./libs/telemetry/logger.ts');
  const { startBillingRun } = await import('./services/billing-run/start.ts');
  const pool = createPool({ connectionString: process.env.DATABASE_URL, role: 'tollbook_worker', applicationName: 'victim' });
  let seen = 0;
  await startBillingRun({
    pool, logEnd: async () => new Map(), pollMs: 20, scheduleMs: 3_600_000, chunkSize: 2,
    logger: createLogger({ service: 'billing-run', level: 'silent' }),
    async checkpoint(step) {
      if (step !== process.env.STEP || ++seen < 2) return;
      console.log('here');
      await new Promise(() => {});
    },
  });
`;

test.each(['collected', 'units_taken', 'numbered', 'documents_inserted', 'finalized'])(
  'kill -9 at "%s" in the second chunk: another process carries the run on',
  async (step) => {
    const organizationId = await customers(6);
    const { id } = await fixture.queue(organizationId);
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', PROCESS], {
      env: { PATH: process.env.PATH, DATABASE_URL: database.url, STEP: step },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    try {
      await new Promise<void>((resolve, reject) => {
        child.stdout.once('data', () => resolve());
        child.once('exit', () => reject(new Error('the process ended by itself')));
      });
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
    expect(await read(organizationId, id)).toMatchObject({ state: 'running' });
    await start();
    expect(await untilState(organizationId, id, 'completed')).toMatchObject({ customersDone: 6, invoicesCreated: 6 });
    await expectWhole(organizationId, 6);
  },
);
