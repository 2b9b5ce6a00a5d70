import type { Transaction } from '#libs/database/transaction.ts';

/** Ids of the credit notes that stand on these invoices. */
export async function selectNoteIds(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (invoiceIds.length === 0) return new Map();
  const { rows } = await tx.query<{ invoice: string; ids: string[] }>(
    `SELECT corrects_id AS invoice, array_agg(id) AS ids FROM invoices
      WHERE organization_id = $1 AND corrects_id = ANY($2::uuid[]) GROUP BY corrects_id`,
    [organizationId, invoiceIds],
  );
  return new Map(rows.map(({ invoice, ids }) => [invoice, ids]));
}
