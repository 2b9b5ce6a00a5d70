import type { Transaction } from '#libs/database/transaction.ts';
import { BILLING_RUN_COLUMNS, type BillingRun } from './billing-run-row.ts';

/** Ends an open run. Null when it had ended already. */
export async function updateRunFinished(
  tx: Transaction,
  organizationId: number,
  id: string,
  end: { readonly state: 'completed' | 'failed'; readonly reason: string | null },
): Promise<BillingRun | null> {
  const { rows } = await tx.query<BillingRun>(
    `UPDATE billing_runs
        SET state = $3, state_reason = $4, finished_at = now()
      WHERE organization_id = $1 AND id = $2 AND state IN ('queued', 'waiting', 'running')
      RETURNING ${BILLING_RUN_COLUMNS}`,
    [organizationId, id, end.state, end.reason],
  );
  return rows[0] ?? null;
}
