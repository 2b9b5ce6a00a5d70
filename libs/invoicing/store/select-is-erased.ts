import type { Transaction } from '#libs/database/transaction.ts';

/** Whether the buyer of a document was erased from it. */
export async function selectIsErased(tx: Transaction, organizationId: number, invoiceId: string): Promise<boolean> {
  const { rows } = await tx.query<{ erased: boolean }>(
    `SELECT document -> 'buyer' ? 'redacted' AS erased FROM invoices WHERE organization_id = $1 AND id = $2`,
    [organizationId, invoiceId],
  );
  return rows[0]?.erased ?? false;
}
