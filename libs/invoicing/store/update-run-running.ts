import type { Transaction } from '#libs/database/transaction.ts';

/** The barrier is reached. The number of customers counts what was due at the beginning. */
export async function updateRunRunning(
  tx: Transaction,
  organizationId: number,
  id: string,
  customersDue: number,
): Promise<void> {
  await tx.query(
    `UPDATE billing_runs
        SET state = 'running', state_reason = NULL, customers_due = $3
      WHERE organization_id = $1 AND id = $2 AND state = 'waiting'`,
    [organizationId, id, customersDue],
  );
}
