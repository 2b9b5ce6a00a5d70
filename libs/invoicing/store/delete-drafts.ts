import type { Transaction } from '#libs/database/transaction.ts';

/** Removes drafts that still are of this version, and tells which. */
export async function deleteDrafts(
  tx: Transaction,
  organizationId: number,
  drafts: readonly { readonly id: string; readonly version: number }[],
): Promise<ReadonlySet<string>> {
  if (drafts.length === 0) return new Set();
  const sorted = [...drafts].sort((one, other) => (one.id < other.id ? -1 : 1));
  const { rows } = await tx.query<{ id: string }>(
    `DELETE FROM invoice_drafts d USING unnest($2::uuid[], $3::integer[]) AS w (id, version)
      WHERE d.organization_id = $1 AND d.id = w.id AND d.version = w.version RETURNING d.id`,
    [organizationId, sorted.map(({ id }) => id), sorted.map(({ version }) => version)],
  );
  return new Set(rows.map(({ id }) => id));
}
