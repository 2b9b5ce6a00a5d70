import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { readWatermark } from '#libs/metering/read/read-usage-with-watermark.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { updateRunBarrier } from '../store/update-run-barrier.ts';

export type Barrier = Readonly<Record<string, string>>;

/** Notes where the log ends, once: a resumed run keeps the barrier it began with. */
export async function noteBarrier(
  pool: Pool,
  run: BillingRun,
  logEnd: () => Promise<ReadonlyMap<number, bigint>>,
): Promise<Barrier> {
  if (run.barrier !== null) return run.barrier;
  const ends = await logEnd();
  const barrier = Object.fromEntries([...ends].map(([partition, end]) => [String(partition), String(end)]));
  return inTransaction(pool, (tx) => updateRunBarrier(tx, run.organizationId, run.id, barrier));
}

/** What usage still lacks before the barrier, in words; null when it is reached. */
export async function whatBarrierWaitsFor(pool: Pool, barrier: Barrier): Promise<string | null> {
  const { offsets } = await inTransaction(pool, readWatermark);
  const behind = Object.entries(barrier).flatMap(([partition, end]) => {
    const missing = BigInt(end) - BigInt(offsets[partition] ?? '0');
    return missing > 0n ? [`partition ${partition}: ${missing} to go`] : [];
  });
  if (behind.length === 0) return null;
  return `Waits until the events that had arrived when it began are counted (${behind.join(', ')})`;
}
