import type { Transaction } from '#libs/database/transaction.ts';
import { BILLING_RUN_COLUMNS, type BillingRun } from './billing-run-row.ts';

/**
 * Begins a queued run: from this instant on counts what is over, by its organization's clock as it is now. A run that was begun before keeps its beginning. Null when it has
 * come to its end.
 */
export async function updateRunBegun(tx: Transaction, organizationId: number, id: string): Promise<BillingRun | null> {
  const { rows } = await tx.query<BillingRun>(
    `UPDATE billing_runs
        SET state = CASE state WHEN 'queued' THEN 'waiting' ELSE state END, started_at = coalesce(started_at, now()),
            clock_offset_seconds = CASE WHEN started_at IS NULL THEN (SELECT o.clock_offset_seconds FROM organizations o WHERE o.id = $1)
                                        ELSE clock_offset_seconds END,
            working_since = CASE WHEN state = 'running' AND billed_at IS NULL THEN now() ELSE working_since END,
            left_before = CASE WHEN billed_at IS NULL THEN customers_left ELSE left_before END,
            invoices_before = CASE WHEN billed_at IS NULL THEN invoices_created ELSE invoices_before END
      WHERE organization_id = $1 AND id = $2 AND state IN ('queued', 'waiting', 'running')
      RETURNING ${BILLING_RUN_COLUMNS}`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
