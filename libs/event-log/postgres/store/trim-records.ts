import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Removes at most `limit` records from the head of a partition: older than `before` and below `offset`. Stops at the first record
 * that has to stay, so that no hole can come about when the clock was set back. Returns how many went.
 */
export async function trimRecords(
  tx: Transaction,
  partition: number,
  before: Date,
  offset: bigint,
  limit: number,
): Promise<number> {
  const { rowCount } = await tx.query(
    `WITH head AS (
       SELECT "offset", appended_at FROM log_records WHERE partition = $1 AND "offset" < $2 ORDER BY "offset" LIMIT $4
     )
     DELETE FROM log_records
      WHERE partition = $1
        AND "offset" >= (SELECT min("offset") FROM head)
        AND "offset" <= (SELECT max("offset") FROM head)
        AND "offset" < coalesce((SELECT min("offset") FROM head WHERE appended_at >= $3), 9223372036854775807)`,
    [partition, offset.toString(), before, limit],
  );
  return rowCount ?? 0;
}
