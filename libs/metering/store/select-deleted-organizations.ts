import type { Transaction } from '#libs/database/transaction.ts';

/** Whose records are passed over. Changes only together with the version of the catalogue. */
export async function selectDeletedOrganizations(tx: Transaction): Promise<ReadonlySet<number>> {
  const { rows } = await tx.query<{ id: number }>('SELECT id FROM deleted_organizations');
  return new Set(rows.map(({ id }) => id));
}
