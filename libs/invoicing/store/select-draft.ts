import type { Transaction } from '#libs/database/transaction.ts';
import { DRAFT_COLUMNS, type DraftRow } from './draft-row.ts';

/** `lock`: nobody changes or finalizes it until the transaction ends. */
export async function selectDraft(
  tx: Transaction,
  organizationId: number,
  id: string,
  lock = false,
): Promise<DraftRow | null> {
  const { rows } = await tx.query<DraftRow>(
    `SELECT ${DRAFT_COLUMNS} FROM invoice_drafts WHERE organization_id = $1 AND id = $2${lock ? ' FOR UPDATE' : ''}`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
