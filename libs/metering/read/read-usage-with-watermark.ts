import type { Transaction } from '#libs/database/transaction.ts';
import { selectLogOffsets } from '../store/select-log-offsets.ts';
import { type PeriodUsage, selectPeriodUsage, type UsageRequest } from '../store/select-period-usage.ts';

export type { PeriodUsage, UsageRequest } from '../store/select-period-usage.ts';

/** Next log offset per partition up to which usage has been seen; the shape that documents carry. */
export interface Watermark {
  readonly epoch: number;
  readonly offsets: Readonly<Record<string, string>>;
}

/**
 * Usage together with the log offsets that it covers. The two are read by two statements, so the transaction must be REPEATABLE
 * READ: one snapshot, in which the aggregator has moved both or neither.
 */
export async function readUsageWithWatermark(
  tx: Transaction,
  organizationId: number,
  requests: readonly UsageRequest[],
): Promise<{ readonly watermark: Watermark; readonly usage: readonly PeriodUsage[] }> {
  const watermark = await readWatermark(tx);
  return { watermark, usage: await selectPeriodUsage(tx, organizationId, requests) };
}

/** How far the log is applied in the transaction's snapshot. */
export async function readWatermark(tx: Transaction): Promise<Watermark> {
  const offsets = await selectLogOffsets(tx);
  return {
    epoch: Math.max(1, ...offsets.map((offset) => offset.epoch)),
    offsets: Object.fromEntries(offsets.map(({ partition, nextOffset }) => [String(partition), String(nextOffset)])),
  };
}
