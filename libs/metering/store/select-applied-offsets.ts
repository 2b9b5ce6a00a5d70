import type { Transaction } from '#libs/database/transaction.ts';

/** How far each partition of the log is applied. */
export async function selectAppliedOffsets(
  tx: Transaction,
): Promise<{ readonly partition: number; readonly epoch: number; readonly nextOffset: string }[]> {
  const { rows } = await tx.query<{ partition: number; epoch: number; nextOffset: string }>(
    'SELECT partition, epoch, next_offset AS "nextOffset" FROM log_offsets ORDER BY partition',
  );
  return rows;
}
