import type { Transaction } from '#libs/database/transaction.ts';

/** Notes that documents have no page yet. */
export async function insertPagesToDraw(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<void> {
  await tx.query('INSERT INTO pages_to_draw (organization_id, invoice_id) SELECT $1, unnest($2::uuid[])', [
    organizationId,
    invoiceIds,
  ]);
}
