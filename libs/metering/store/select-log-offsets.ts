import type { Transaction } from '#libs/database/transaction.ts';

export interface LogOffset {
  readonly partition: number;
  readonly epoch: number;
  /** Everything before it is applied. */
  readonly nextOffset: bigint;
}

/** How far each partition of the log is applied, in the transaction's snapshot. */
export async function selectLogOffsets(tx: Transaction): Promise<LogOffset[]> {
  const { rows } = await tx.query<{ partition: number; epoch: number; next_offset: string }>(
    'SELECT partition, epoch, next_offset FROM log_offsets ORDER BY partition',
  );
  return rows.map((row) => ({ partition: row.partition, epoch: row.epoch, nextOffset: BigInt(row.next_offset) }));
}
