import type { Transaction } from '#libs/database/transaction.ts';
import { selectLogOffsets } from '../store/select-log-offsets.ts';

/** Next log offset per partition up to which usage has been seen; the shape that documents carry. */
export interface Watermark {
  readonly epoch: number;
  readonly offsets: Readonly<Record<string, string>>;
}

/**
 * How far the log is applied in the transaction's snapshot. Read with usage in one REPEATABLE READ transaction it says what that usage
 * covers: the aggregator has moved both or neither.
 */
export async function readWatermark(tx: Transaction): Promise<Watermark> {
  const offsets = await selectLogOffsets(tx);
  return {
    epoch: Math.max(1, ...offsets.map((offset) => offset.epoch)),
    offsets: Object.fromEntries(offsets.map(({ partition, nextOffset }) => [String(partition), String(nextOffset)])),
  };
}
