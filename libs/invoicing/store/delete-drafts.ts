import type { Transaction } from '#libs/database/transaction.ts';

/** Removes drafts that still are of this version, and tells which. They are locked in the order of lockPeriodDrafts. */
export async function deleteDrafts(
  tx: Transaction,
  organizationId: number,
  drafts: readonly { readonly id: string; readonly version: number }[],
): Promise<ReadonlySet<string>> {
  if (drafts.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>(
    `WITH standing AS MATERIALIZED (
       SELECT d.id FROM invoice_drafts d JOIN unnest($2::uuid[], $3::integer[]) AS w (id, version) USING (id, version)
        WHERE d.organization_id = $1
        ORDER BY d.customer_id, d.due_on, d.currency, d.time_zone, d.id
          FOR UPDATE OF d
     )
     DELETE FROM invoice_drafts d USING standing s WHERE d.organization_id = $1 AND d.id = s.id RETURNING d.id`,
    [organizationId, drafts.map(({ id }) => id), drafts.map(({ version }) => version)],
  );
  return new Set(rows.map(({ id }) => id));
}
