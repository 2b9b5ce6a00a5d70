import type { Transaction } from '#libs/database/transaction.ts';

/** Local date before which nothing of a customer is due and not billed; null: nothing is to come. */
export async function selectDueFrom(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<string | null> {
  const { rows } = await tx.query<{ dueFrom: string | null }>(
    'SELECT min(due_from) AS "dueFrom" FROM subscriptions WHERE organization_id = $1 AND customer_id = $2',
    [organizationId, customerId],
  );
  return rows[0]?.dueFrom ?? null;
}
