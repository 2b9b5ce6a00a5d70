import type { Transaction } from '#libs/database/transaction.ts';

/** Where a series stands: the counter of its newest year and the hash of its newest document. */
export interface SeriesState {
  readonly year: number;
  readonly lastNumber: number;
  readonly lastIssueDate: string;
  readonly headHash: Buffer;
}

/** Locks the row of the newest year that existed when the statement began; null if there is none. */
export async function lockLatestSeries(
  tx: Transaction,
  organizationId: number,
  series: string,
): Promise<SeriesState | null> {
  const { rows } = await tx.query<{ year: number; last_number: string; last_issue_date: string; head_hash: Buffer }>(
    `SELECT year, last_number, last_issue_date, head_hash
       FROM invoice_series
      WHERE organization_id = $1 AND series = $2
      ORDER BY year DESC LIMIT 1
        FOR UPDATE`,
    [organizationId, series],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    year: row.year,
    lastNumber: Number(row.last_number),
    lastIssueDate: row.last_issue_date,
    headHash: row.head_hash,
  };
}
