import type { Transaction } from '#libs/database/transaction.ts';

/** Which of these invoices are voided. */
export async function selectVoided(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>(
    'SELECT invoice_id AS id FROM invoice_voidings WHERE organization_id = $1 AND invoice_id = ANY($2::uuid[])',
    [organizationId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}
