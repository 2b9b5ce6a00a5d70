import type { Transaction } from '#libs/database/transaction.ts';
import type { RecordOutcome } from './record-progress.ts';

export interface DayOutcome {
  /** Day of arrival, YYYY-MM-DD (UTC). */
  readonly day: string;
  readonly outcome: RecordOutcome;
  readonly records: number;
}

/** What became of the records that arrived on the days from `from` to before `to` (UTC), as it was counted. */
export async function selectDayOutcomes(
  tx: Transaction,
  organizationId: number,
  from: string,
  to: string,
): Promise<DayOutcome[]> {
  const { rows } = await tx.query<{ day: string; outcome: RecordOutcome; records: string }>(
    `SELECT received_on AS day, outcome, sum(records) AS records FROM record_counts
      WHERE organization_id = $1 AND received_on >= $2::date AND received_on < $3::date GROUP BY 1, 2 ORDER BY 1, 2`,
    [organizationId, from, to],
  );
  return rows.map((row) => ({ ...row, records: Number(row.records) }));
}
