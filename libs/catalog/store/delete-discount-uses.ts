import type { Transaction } from '#libs/database/transaction.ts';

/** Gives back what a document took, when it is voided. The document itself still tells what was taken off. */
export async function deleteDiscountUses(tx: Transaction, organizationId: number, invoiceId: string): Promise<void> {
  await tx.query('DELETE FROM discount_uses WHERE organization_id = $1 AND invoice_id = $2', [
    organizationId,
    invoiceId,
  ]);
}
