import type { Transaction } from '#libs/database/transaction.ts';

/** Keeps a waiting run from billing, and forgets its barrier: what is put into the log meanwhile is to be waited for, too. */
export async function updateRunBlocked(
  tx: Transaction,
  organizationId: number,
  id: string,
  reason: string | null,
): Promise<void> {
  await tx.query(
    `UPDATE billing_runs SET barrier = NULL, state_reason = $3
      WHERE organization_id = $1 AND id = $2 AND state = 'waiting'`,
    [organizationId, id, reason],
  );
}
