import type { Transaction } from '#libs/database/transaction.ts';
import { selectLogOffsets } from '../store/select-log-offsets.ts';
import { readUsage } from './read-usage.ts';
import type { Usage, UsageRequest } from './usage-request.ts';

export type { Usage, UsageRequest } from './usage-request.ts';

/** Next log offset per partition up to which usage has been seen; the shape that documents carry. */
export interface Watermark {
  readonly epoch: number;
  readonly offsets: Readonly<Record<string, string>>;
}

/**
 * Usage as readUsage gives it, together with the log offsets that it covers. The transaction must be REPEATABLE READ: one snapshot, in
 * which the aggregator has moved both or neither.
 */
export async function readUsageWithWatermark(
  tx: Transaction,
  organizationId: number,
  requests: readonly UsageRequest[],
): Promise<{ readonly watermark: Watermark; readonly usage: readonly Usage[][] }> {
  const watermark = await readWatermark(tx);
  return { watermark, usage: await readUsage(tx, organizationId, requests) };
}

/** How far the log is applied in the transaction's snapshot. */
export async function readWatermark(tx: Transaction): Promise<Watermark> {
  const offsets = await selectLogOffsets(tx);
  return {
    epoch: Math.max(1, ...offsets.map((offset) => offset.epoch)),
    offsets: Object.fromEntries(offsets.map(({ partition, nextOffset }) => [String(partition), String(nextOffset)])),
  };
}
