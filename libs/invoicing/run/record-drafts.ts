import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { countDocuments } from '../documents/count-documents.ts';
import { appendRunDrafts } from '../store/append-run-drafts.ts';
import { insertParked } from '../store/insert-parked.ts';
import { lockRunAt } from '../store/lock-run-at.ts';
import { updateRunProgress } from '../store/update-run-progress.ts';
import { upsertRunTotals } from '../store/upsert-run-totals.ts';
import { type Finalized, type RunFinalizeRequest, RunTakenOver } from './finalize.ts';
import { runTotals } from './run-totals.ts';

/** So many drafts of a dry run are kept to be looked at. */
const DRAFTS_KEPT = 10;

/** In place of finalizing, for a dry run: notes on the run what the drafts come to, and throws them away. */
export function recordDrafts(pool: Pool, request: RunFinalizeRequest): Promise<Finalized> {
  const { organizationId, run, drafts, parked } = request;
  const bodies = drafts.flatMap(({ isSkipped, body }) => (isSkipped ? [] : [body]));
  return inTransaction(pool, async (tx) => {
    if (!(await lockRunAt(tx, organizationId, run.id, run.cursor)))
      throw new RunTakenOver(`Billing run ${run.id} was carried on by another process, or cancelled`);
    const newlyParked = await insertParked(tx, organizationId, run.id, parked);
    await upsertRunTotals(tx, organizationId, run.id, runTotals(bodies));
    if (bodies.length > 0) await appendRunDrafts(tx, organizationId, run.id, bodies, DRAFTS_KEPT);
    await updateRunProgress(tx, organizationId, run.id, {
      cursor: run.next,
      customersPassed: run.customers,
      customersDone: new Set([...drafts.map(({ customerId }) => customerId), ...newlyParked]).size,
      ...countDocuments(drafts),
    });
    return { issued: [], dropped: [], parked: parked.filter((one) => newlyParked.includes(one.customerId)) };
  });
}
