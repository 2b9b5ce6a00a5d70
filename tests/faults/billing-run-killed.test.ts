import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { selectBillingRun } from '#libs/invoicing/store/select-billing-run.ts';
import { billingFixture } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { startProcess } from '#tests/support/process.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { expectWholeRun, putWholeRun } from '#tests/support/whole-run.ts';

/*
 * One run over 200 customers, carried by one process after the other. Each is killed (-9) the first time it reaches its step; the last one
 * lives. Nothing is billed twice or left out, no number is missing, the chain is whole, and every invoice has its page.
 */

const CUSTOMERS = 200;
const STEPS = [
  'begun',
  'barrier_noted',
  'collected',
  'units_taken',
  'numbered',
  'documents_inserted',
  'finalized',
  'units_taken',
  'documents_inserted',
  'billed',
  'documented',
];

let database: TestDatabase;
let owner: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
});
afterAll(() => database?.drop());

test('killed at every step in turn, a run comes to the same end', async () => {
  const organizationId = await putWholeRun(owner, CUSTOMERS);
  const { id } = await billingFixture(owner).queue(organizationId);
  const run = () => inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id));
  const start = (faultAt?: string) =>
    startProcess('tests/faults/billing-run-with-fault.ts', {
      DATABASE_URL: database.url,
      ...(faultAt !== undefined && { FAULT_AT: faultAt }),
    });
  let done = 0;
  for (const step of STEPS) {
    const victim = start(step);
    // Null: a signal ended it, and nothing else.
    expect([step, await victim.exited, victim.output()]).toEqual([step, null, `at ${step}\n`]);
    const stands = await run();
    expect(stands?.finishedAt).toBeNull();
    expect(stands?.customersDone).toBeGreaterThanOrEqual(done);
    done = stands?.customersDone ?? 0;
  }
  expect(done).toBe(CUSTOMERS);
  const survivor = start();
  await waitFor(async () => (await run())?.state === 'completed', { timeoutMs: 120_000, describe: 'the run to end' });
  await survivor.end('SIGKILL');
  expect(await run()).toMatchObject({ customersDue: CUSTOMERS, customersDone: CUSTOMERS, invoicesCreated: CUSTOMERS });
  await expectWholeRun(owner, organizationId, CUSTOMERS);
  const { rows } = await owner.query('SELECT count(*)::integer AS pdfs FROM invoice_pdfs WHERE organization_id = $1', [
    organizationId,
  ]);
  expect(rows[0]).toEqual({ pdfs: CUSTOMERS });
}, 600_000);
