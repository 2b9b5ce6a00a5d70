import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { createPool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { selectBillingRun } from '#libs/invoicing/store/select-billing-run.ts';
import { type PostgresHandle, startPostgres } from '#scripts/services/postgres.ts';
import { makeTemplate } from '#scripts/services/start.ts';
import { startBillingRun } from '#services/billing-run/start.ts';
import { billingFixture } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { expectWholeRun, putWholeRun } from '#tests/support/whole-run.ts';

/* The database goes away in the middle of a run, and comes back. The process lives on, and so does the run. */

const CUSTOMERS = 30;

let postgres: PostgresHandle;
let database: TestDatabase;
let owner: Pool;

beforeAll(async () => {
  postgres = await startPostgres();
  await makeTemplate(postgres.url);
  database = await createTestDatabase(postgres.url);
  owner = database.pool('owner');
}, 120_000);
afterAll(async () => {
  await database?.drop();
  await postgres?.stop();
});

test.each([
  ['SIGKILL', 'collected'],
  ['SIGKILL', 'units_taken'],
  ['SIGKILL', 'documents_inserted'],
  ['SIGKILL', 'finalized'],
  ['SIGKILL', 'billed'],
  // As an operator restarts it: connections are ended, the server leaves in order.
  ['SIGINT', 'numbered'],
  ['SIGINT', 'finalized'],
] as const)(
  '%s at "%s", and started again: the run goes on',
  async (signal, step) => {
    const organizationId = await putWholeRun(owner, CUSTOMERS);
    // So that little is left to be recovered.
    await owner.query('CHECKPOINT');
    const { id } = await billingFixture(owner).queue(organizationId);
    const pool = createPool({
      connectionString: database.url,
      role: 'tollbook_worker',
      applicationName: 'billing-run',
    });
    let restarts = 0;
    const service = await startBillingRun({
      pool,
      logEnd: async () => new Map(),
      logger: testLogger(),
      pollMs: 20,
      scheduleMs: 3_600_000,
      chunkSize: 10,
      async checkpoint(reached) {
        if (reached !== step || restarts > 0) return;
        restarts += 1;
        await endServer(signal);
        await postgres.restart();
      },
    });
    try {
      const read = () => inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id)).catch(() => null);
      await waitFor(async () => (await read())?.state === 'completed', {
        timeoutMs: 200_000,
        describe: 'the run to end',
      });
      expect(restarts).toBe(1);
      expect(await read()).toMatchObject({ customersDone: CUSTOMERS, invoicesCreated: CUSTOMERS, stateReason: null });
      await expectWholeRun(owner, organizationId, CUSTOMERS);
    } finally {
      await service.stop();
      await pool.end();
    }
  },
  300_000,
);

async function endServer(signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
  // restart() kills by itself.
  if (signal === 'SIGKILL') return;
  const pid = postgres.pid();
  process.kill(pid, signal);
  await waitFor(() => !isAlive(pid), { describe: 'the server to leave' });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
