import type { Transaction } from '#libs/database/transaction.ts';
import { BILLING_RUN_COLUMNS, type BillingRun } from './billing-run-row.ts';

/**
 * Ends an open run before its time; waits for the chunk that is being finalized. Whoever works on it finds its row so and lets go.
 * Null when it had ended already.
 */
export async function updateRunCancelled(
  tx: Transaction,
  organizationId: number,
  id: string,
  reason: string,
): Promise<BillingRun | null> {
  const { rows } = await tx.query<BillingRun>(
    `UPDATE billing_runs SET state = 'cancelled', state_reason = $3, finished_at = now()
      WHERE organization_id = $1 AND id = $2 AND state IN ('queued', 'waiting', 'running')
      RETURNING ${BILLING_RUN_COLUMNS}`,
    [organizationId, id, reason],
  );
  return rows[0] ?? null;
}
