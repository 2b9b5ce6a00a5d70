import type { Transaction } from '#libs/database/transaction.ts';
import type { SeriesState } from './lock-latest-series.ts';

/** Opens a year of a series. Waits for a concurrent one that does the same and then leaves it alone. */
export async function insertSeries(
  tx: Transaction,
  organizationId: number,
  series: string,
  state: SeriesState,
): Promise<void> {
  await tx.query(
    `INSERT INTO invoice_series (organization_id, series, year, last_number, last_issue_date, head_hash)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING`,
    [organizationId, series, state.year, state.lastNumber, state.lastIssueDate, state.headHash],
  );
}
