import type { Transaction } from '#libs/database/transaction.ts';
import type { Series } from '../documents/number.ts';
import { type SeriesRow, type SeriesState, toSeriesState } from './series-row.ts';

/** Takes hold of a series until the transaction ends; null if it was never opened. */
export async function lockSeries(tx: Transaction, organizationId: number, series: Series): Promise<SeriesState | null> {
  const { rows } = await tx.query<SeriesRow>(
    `SELECT series, last_number, last_issue_date, head_hash FROM invoice_series
      WHERE organization_id = $1 AND series = $2 FOR UPDATE`,
    [organizationId, series],
  );
  return rows[0] ? toSeriesState(rows[0]) : null;
}
