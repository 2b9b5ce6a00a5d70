import type { Transaction } from '#libs/database/transaction.ts';

/** Makes the rows of partitions never seen before, at offset 0 of the running epoch: a first start reads the log from its beginning. */
export async function ensureOffsetRows(tx: Transaction, partitions: readonly number[]): Promise<void> {
  await tx.query(
    `INSERT INTO log_offsets (partition, epoch)
     SELECT p, coalesce((SELECT max(epoch) FROM log_offsets), 1) FROM unnest($1::smallint[]) AS p ORDER BY p
     ON CONFLICT (partition) DO NOTHING`,
    [partitions],
  );
}
