import type { Transaction } from '#libs/database/transaction.ts';
import type { DocumentBody } from '../documents/assemble.ts';

/** Keeps drafts of a dry run to be looked at, up to so many in all; the caller holds the run's row. */
export async function appendRunDrafts(
  tx: Transaction,
  organizationId: number,
  id: string,
  drafts: readonly DocumentBody[],
  most: number,
): Promise<void> {
  await tx.query(
    `UPDATE billing_runs
        SET drafts = (SELECT jsonb_agg(d.draft ORDER BY d.place)
                        FROM jsonb_array_elements(coalesce(drafts, '[]') || $3::jsonb) WITH ORDINALITY AS d (draft, place)
                       WHERE d.place <= $4)
      WHERE organization_id = $1 AND id = $2 AND coalesce(jsonb_array_length(drafts), 0) < $4`,
    [organizationId, id, JSON.stringify(drafts.slice(0, most)), most],
  );
}
