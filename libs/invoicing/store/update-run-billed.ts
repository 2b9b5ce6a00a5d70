import type { Transaction } from '#libs/database/transaction.ts';

/** All customers of a run are done; one that was billed before keeps its time. */
export async function updateRunBilled(tx: Transaction, organizationId: number, id: string): Promise<void> {
  await tx.query(
    `UPDATE billing_runs SET billed_at = clock_timestamp(), customers_left = 0
      WHERE organization_id = $1 AND id = $2 AND state = 'running' AND billed_at IS NULL`,
    [organizationId, id],
  );
}
