import type { Transaction } from '#libs/database/transaction.ts';

/** Says in words what an open run waits for. */
export async function updateRunReason(
  tx: Transaction,
  organizationId: number,
  id: string,
  reason: string | null,
): Promise<void> {
  await tx.query(
    `UPDATE billing_runs SET state_reason = $3
      WHERE organization_id = $1 AND id = $2 AND state IN ('queued', 'waiting', 'running')
        AND state_reason IS DISTINCT FROM $3`,
    [organizationId, id, reason],
  );
}
