import type { Transaction } from '#libs/database/transaction.ts';

/** Notes why the page of a document could not be drawn. One that somebody else drew meanwhile is left alone. */
export async function updatePageFailed(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
  reason: string,
): Promise<void> {
  await tx.query('UPDATE pages_to_draw SET reason = $3 WHERE organization_id = $1 AND invoice_id = $2', [
    organizationId,
    invoiceId,
    reason,
  ]);
}
