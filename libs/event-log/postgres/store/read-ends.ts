import type { Transaction } from '#libs/database/transaction.ts';

/** The offset that each partition's next record will get. Four rows or so: cheap enough to be asked often. */
export async function readEnds(tx: Transaction): Promise<Map<number, bigint>> {
  const { rows } = await tx.query<{ partition: number; next_offset: string }>(
    'SELECT partition, next_offset FROM log_partitions ORDER BY partition',
  );
  return new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]));
}
