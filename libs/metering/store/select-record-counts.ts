import type { Transaction } from '#libs/database/transaction.ts';
import type { RecordOutcome } from './record-progress.ts';

/** What became of the records that arrived on the days from `from` to before `to` (UTC). */
export async function selectRecordCounts(
  tx: Transaction,
  organizationId: number,
  from: string,
  to: string,
): Promise<Map<RecordOutcome, bigint>> {
  const { rows } = await tx.query<{ outcome: RecordOutcome; records: string }>(
    `SELECT outcome, sum(records) AS records FROM record_counts
      WHERE organization_id = $1 AND received_on >= $2::date AND received_on < $3::date GROUP BY outcome`,
    [organizationId, from, to],
  );
  return new Map(rows.map((row) => [row.outcome, BigInt(row.records)]));
}
