import type { Transaction } from '#libs/database/transaction.ts';
import { DRAFT_COLUMNS, type DraftRow } from './draft-row.ts';

/** Newest first. */
export async function selectDrafts(
  tx: Transaction,
  organizationId: number,
  page: { readonly customerId?: string | undefined; readonly after: string | undefined; readonly limit: number },
): Promise<DraftRow[]> {
  const { rows } = await tx.query<DraftRow>(
    `SELECT ${DRAFT_COLUMNS} FROM invoice_drafts
      WHERE organization_id = $1 AND ($2::uuid IS NULL OR customer_id = $2) AND ($3::uuid IS NULL OR id < $3)
      ORDER BY id DESC LIMIT $4`,
    [organizationId, page.customerId ?? null, page.after ?? null, page.limit],
  );
  return rows;
}
