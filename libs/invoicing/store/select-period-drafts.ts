import type { Transaction } from '#libs/database/transaction.ts';
import { DRAFT_COLUMNS, type DraftRow } from './draft-row.ts';

/** The drafts of what is due of these customers' subscriptions. */
export async function selectPeriodDrafts(
  tx: Transaction,
  organizationId: number,
  customerIds: readonly string[],
): Promise<DraftRow[]> {
  const { rows } = await tx.query<DraftRow>(
    `SELECT ${DRAFT_COLUMNS} FROM invoice_drafts
      WHERE organization_id = $1 AND customer_id = ANY($2::uuid[]) AND kind = 'period'`,
    [organizationId, customerIds],
  );
  return rows;
}
