import type { Transaction } from '#libs/database/transaction.ts';

/** Date of issue of the newest document of a customer; null: it has none. */
export async function selectLastIssued(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<string | null> {
  const { rows } = await tx.query<{ date: string | null }>(
    'SELECT max(issue_date)::text AS date FROM invoices WHERE organization_id = $1 AND customer_id = $2',
    [organizationId, customerId],
  );
  return rows[0]?.date ?? null;
}
