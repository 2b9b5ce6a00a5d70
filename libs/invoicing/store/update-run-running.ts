import type { Transaction } from '#libs/database/transaction.ts';

/** The barrier is reached: from here on it bills. */
export async function updateRunRunning(
  tx: Transaction,
  organizationId: number,
  id: string,
  found: { readonly customersLeft: number; readonly deadLetters: number },
): Promise<void> {
  await tx.query(
    `UPDATE billing_runs
        SET state = 'running', state_reason = NULL, customers_left = $3, left_before = $3, dead_letters = $4, working_since = now()
      WHERE organization_id = $1 AND id = $2 AND state = 'waiting'`,
    [organizationId, id, found.customersLeft, found.deadLetters],
  );
}
