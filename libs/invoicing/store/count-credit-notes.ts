import type { Transaction } from '#libs/database/transaction.ts';

/** How many credit notes stand on each of these invoices. */
export async function countCreditNotes(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (invoiceIds.length === 0) return new Map();
  const { rows } = await tx.query<{ id: string; notes: number }>(
    `SELECT i.id, (SELECT count(*) FROM invoices n WHERE n.organization_id = $1 AND n.corrects_id = i.id)::integer AS notes
       FROM unnest($2::uuid[]) AS i (id)`,
    [organizationId, invoiceIds],
  );
  return new Map(rows.map(({ id, notes }) => [id, notes]));
}
