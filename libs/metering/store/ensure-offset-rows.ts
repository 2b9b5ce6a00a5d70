import type { Transaction } from '#libs/database/transaction.ts';

/** Makes the rows of partitions never seen before, at offset 0: a first start reads the log from its beginning. */
export async function ensureOffsetRows(tx: Transaction, partitions: readonly number[]): Promise<void> {
  await tx.query(
    'INSERT INTO log_offsets (partition) SELECT unnest($1::smallint[]) ORDER BY 1 ON CONFLICT (partition) DO NOTHING',
    [partitions],
  );
}
