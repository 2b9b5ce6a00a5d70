import type { Transaction } from '#libs/database/transaction.ts';
import type { Series, SeriesPlace } from '../documents/number.ts';

/** Moves counter, date and head of a locked series. */
export async function updateSeries(
  tx: Transaction,
  organizationId: number,
  series: Series,
  { last, headHash }: { readonly last: SeriesPlace; readonly headHash: Buffer },
): Promise<void> {
  await tx.query(
    `UPDATE invoice_series SET last_number = $3, last_issue_date = $4, head_hash = $5
      WHERE organization_id = $1 AND series = $2`,
    [organizationId, series, last.number, last.issueDate, headHash],
  );
}
