import type { Transaction } from '#libs/database/transaction.ts';

/** The document has a page. */
export async function deletePageToDraw(tx: Transaction, organizationId: number, invoiceId: string): Promise<void> {
  await tx.query('DELETE FROM pages_to_draw WHERE organization_id = $1 AND invoice_id = $2', [
    organizationId,
    invoiceId,
  ]);
}
