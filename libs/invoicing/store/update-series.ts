import type { Transaction } from '#libs/database/transaction.ts';
import type { SeriesState } from './lock-latest-series.ts';

/** Moves counter, date and head of a locked series. */
export async function updateSeries(
  tx: Transaction,
  organizationId: number,
  series: string,
  state: SeriesState,
): Promise<void> {
  await tx.query(
    `UPDATE invoice_series SET last_number = $4, last_issue_date = $5, head_hash = $6
      WHERE organization_id = $1 AND series = $2 AND year = $3`,
    [organizationId, series, state.year, state.lastNumber, state.lastIssueDate, state.headHash],
  );
}
