import type { Transaction } from '#libs/database/transaction.ts';
import type { DraftRow } from './draft-row.ts';

/** Stores what was entered by hand and the body made with it. `changed`: by hand, so that what was made before is outdated. */
export async function updateDraft(
  tx: Transaction,
  organizationId: number,
  draft: Pick<DraftRow, 'id' | 'paymentTermsDays' | 'lines' | 'discounts' | 'body'>,
  changed: boolean,
): Promise<void> {
  await tx.query(
    `UPDATE invoice_drafts SET payment_terms_days = $3, manual_lines = $4, manual_discounts = $5, body = $6, refreshed_at = now(),
            version = version + $7::integer
      WHERE organization_id = $1 AND id = $2`,
    [
      organizationId,
      draft.id,
      draft.paymentTermsDays,
      JSON.stringify(draft.lines),
      JSON.stringify(draft.discounts),
      JSON.stringify(draft.body),
      changed ? 1 : 0,
    ],
  );
}
