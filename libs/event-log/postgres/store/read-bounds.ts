import type { Transaction } from '#libs/database/transaction.ts';
import type { PartitionBounds } from '../../event-log.ts';

/** First offset still there and next offset. Of an empty partition both are the same. One statement, so one moment. */
export async function readBounds(tx: Transaction): Promise<PartitionBounds[]> {
  const { rows } = await tx.query<{ partition: number; low: string; high: string }>(
    `SELECT p.partition, p.next_offset AS high,
            coalesce((SELECT min(r."offset") FROM log_records r WHERE r.partition = p.partition), p.next_offset) AS low
       FROM log_partitions p ORDER BY p.partition`,
  );
  return rows.map((row) => ({ partition: row.partition, low: BigInt(row.low), high: BigInt(row.high) }));
}
