import type { Transaction } from '#libs/database/transaction.ts';
import type { DraftRow } from './draft-row.ts';

/** Stores a draft of lines entered by hand. */
export async function insertDraft(
  tx: Transaction,
  organizationId: number,
  draft: Pick<DraftRow, 'id' | 'customerId' | 'currency' | 'paymentTermsDays' | 'lines' | 'discounts' | 'body'>,
): Promise<void> {
  await tx.query(
    `INSERT INTO invoice_drafts (organization_id, id, customer_id, kind, currency, payment_terms_days, manual_lines, manual_discounts, body)
     VALUES ($1, $2, $3, 'one_off', $4, $5, $6, $7, $8)`,
    [
      organizationId,
      draft.id,
      draft.customerId,
      draft.currency,
      draft.paymentTermsDays,
      JSON.stringify(draft.lines),
      JSON.stringify(draft.discounts),
      JSON.stringify(draft.body),
    ],
  );
}
