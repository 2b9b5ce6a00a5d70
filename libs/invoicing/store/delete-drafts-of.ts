import type { Transaction } from '#libs/database/transaction.ts';

/** Throws away all drafts of a customer, and tells their ids. */
export async function deleteDraftsOf(tx: Transaction, organizationId: number, customerId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    'DELETE FROM invoice_drafts WHERE organization_id = $1 AND customer_id = $2 RETURNING id',
    [organizationId, customerId],
  );
  return rows.map(({ id }) => id);
}
