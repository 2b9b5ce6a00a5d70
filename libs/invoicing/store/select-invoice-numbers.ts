import type { Transaction } from '#libs/database/transaction.ts';

/** Numbers of these documents, by id. */
export async function selectInvoiceNumbers(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ id: string; number: string }>(
    'SELECT id, number FROM invoices WHERE organization_id = $1 AND id = ANY($2::uuid[])',
    [organizationId, ids],
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}
