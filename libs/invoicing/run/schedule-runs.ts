import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { tryLockSchedule } from '../store/lock-schedule.ts';
import { queueDueRuns } from './queue-due-runs.ts';

/**
 * Queues a run for every organization with periods that are over and not billed, however long ago: nobody has to be awake at
 * midnight, and what was missed is caught up. Once a day it has someone look for late usage of customers who have nothing due soon. Only
 * pokes: what a run bills it finds out itself.
 */
export function scheduleRuns(pool: Pool, clock: () => number): Promise<BillingRun[]> {
  return inTransaction(pool, async (tx) =>
    (await tryLockSchedule(tx)) ? queueDueRuns(tx, clock, { organizationId: null }) : [],
  );
}
