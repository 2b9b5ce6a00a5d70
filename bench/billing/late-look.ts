import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { WAITS_DAYS } from '#libs/invoicing/collect/collect-late.ts';
import { insertBillingRun, type NewBillingRun } from '#libs/invoicing/store/insert-billing-run.ts';
import { selectBillingRun } from '#libs/invoicing/store/select-billing-run.ts';
import { selectLateOrganizations } from '#libs/invoicing/store/select-late-organizations.ts';
import { updateRunCancelled } from '#libs/invoicing/store/update-run-cancelled.ts';
import { createTestDatabase } from '#tests/support/database.ts';
import { round } from '../statistics.ts';
import { startWorker } from '../worker/start-worker.ts';
import type { BillOptions, BillResult } from './bill.ts';
import { BILLED_WINDOW, putCustomers, settle } from './put-customers.ts';
import { verifyRun } from './verify.ts';

/** The daily look for late usage where every customer was billed and nothing came late. @throws Error when it billed something */
export async function measureLateLook(customers: number): Promise<Record<string, number>> {
  const database = await createTestDatabase();
  try {
    const owner = database.pool('owner');
    const organizationId = await putCustomers(owner, customers);
    await settle(owner);
    await carryOut(database.url, owner, { organizationId, ...BILLED_WINDOW });
    await verifyRun(owner, organizationId, customers);
    await settle(owner);
    // As far back as what was billed: today's schedule would not look at it any more.
    const billedAgo = Math.ceil((Date.now() - Date.parse(BILLED_WINDOW.endsAfter)) / 86_400_000);
    const begun = performance.now();
    const found = await inTransaction(owner, (tx) =>
      selectLateOrganizations(tx, { correctionDays: billedAgo, waitsDays: WAITS_DAYS, organizationId: null }),
    );
    const poked = performance.now() - begun;
    if (!found.some((one) => one.organizationId === organizationId)) throw new Error('the schedule looks at nobody');
    const began = performance.now();
    await inTransaction(owner, (tx) =>
      selectLateOrganizations(tx, { correctionDays: 0, waitsDays: WAITS_DAYS, organizationId: null }),
    );
    const pokedInVain = performance.now() - began;
    const { seconds, cpuSeconds, run } = await carryOut(database.url, owner, {
      organizationId,
      endsAfter: '2025-03-15',
      endsUntil: '2025-04-02',
      purpose: 'late',
    });
    if (run?.invoicesCreated !== 0 || run.cursor === null) throw new Error(`not in vain: ${JSON.stringify(run)}`);
    return {
      customers,
      'schedule finds it, ms': round(poked),
      'schedule finds nothing, ms': round(pokedInVain),
      'look, s': round(seconds),
      'customers/s': round(customers / seconds),
      'cpu run µs/customer': round((cpuSeconds * 1e6) / customers),
    };
  } finally {
    await database.drop();
  }
}

async function carryOut(
  databaseUrl: string,
  owner: Pool,
  wanted: Pick<NewBillingRun, 'organizationId' | 'endsAfter' | 'endsUntil' | 'purpose'>,
) {
  const { organizationId } = wanted;
  const runId = uuidv7(Date.now());
  await inTransaction(owner, (tx) => insertBillingRun(tx, { ...wanted, id: runId, requestedBy: 'bench' }));
  const options: BillOptions = { databaseUrl, organizationId, runId };
  const worker = await startWorker<null, BillResult>('billing/bill.ts', options, ['--max-semi-space-size=16']);
  const result = await worker.run();
  await worker.end();
  // It was stopped before its pages; open ones keep the schedule waiting.
  await inTransaction(owner, (tx) => updateRunCancelled(tx, organizationId, runId, 'measured'));
  return { ...result, run: await inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, runId)) };
}
