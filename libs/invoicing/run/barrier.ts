import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { readWatermark } from '#libs/metering/read/read-watermark.ts';
import type { Barrier, BillingRun } from '../store/billing-run-row.ts';
import { selectNow } from '../store/select-now.ts';
import { updateRunBarrier } from '../store/update-run-barrier.ts';

export type BarrierState =
  | { readonly kind: 'reached' }
  /** What usage still lacks before it, in words. */
  | { readonly kind: 'waits'; readonly reason: string }
  /** An operator declared that the log was replaced: the offsets noted are those of a log that is gone. */
  | { readonly kind: 'outdated' };

/** Notes where the log ends, once per epoch of the log: a resumed run keeps the barrier it began with. */
export async function noteBarrier(
  pool: Pool,
  run: Pick<BillingRun, 'organizationId' | 'id'>,
  logEnd: () => Promise<ReadonlyMap<number, bigint>>,
): Promise<Barrier> {
  // The epoch first: should it move in between, the barrier is seen to be outdated and noted again.
  const { epoch, notedAt } = await inTransaction(pool, async (tx) => ({
    epoch: (await readWatermark(tx)).epoch,
    notedAt: await selectNow(tx),
  }));
  const ends = await logEnd();
  const offsets = Object.fromEntries([...ends].map(([partition, end]) => [String(partition), String(end)]));
  return inTransaction(pool, (tx) => updateRunBarrier(tx, run.organizationId, run.id, { epoch, notedAt, offsets }));
}

/** How usage stands to the barrier. */
export async function lookAtBarrier(pool: Pool, barrier: Barrier): Promise<BarrierState> {
  const { epoch, offsets } = await inTransaction(pool, readWatermark);
  if (epoch !== barrier.epoch) return { kind: 'outdated' };
  const behind = Object.entries(barrier.offsets).flatMap(([partition, end]) => {
    const missing = BigInt(end) - BigInt(offsets[partition] ?? '0');
    return missing > 0n ? [`partition ${partition}: ${missing} to go`] : [];
  });
  if (behind.length === 0) return { kind: 'reached' };
  const reason = `Waits until the events that had arrived when it began are counted (${behind.join(', ')})`;
  return { kind: 'waits', reason };
}
