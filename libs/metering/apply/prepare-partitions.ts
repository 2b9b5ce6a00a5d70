import type pg from 'pg';
import { inTransaction } from '#libs/database/transaction.ts';
import type { PartitionBounds } from '#libs/event-log/event-log.ts';
import { ensureOffsetRows } from '../store/ensure-offset-rows.ts';
import { lockOffsets } from '../store/lock-offsets.ts';

/**
 * Where to start reading partitions that were just assigned. One record before the applied end, where it is still there, so that
 * its hash is compared first (see fitBatch).
 */
export async function preparePartitions(
  pool: pg.Pool,
  partitions: readonly number[],
  bounds: readonly PartitionBounds[],
): Promise<Map<number, bigint>> {
  const offsets = await inTransaction(pool, async (tx) => {
    await ensureOffsetRows(tx, partitions);
    return lockOffsets(tx, partitions);
  });
  const low = new Map(bounds.map((bound) => [bound.partition, bound.low]));
  const positions = new Map<number, bigint>();
  for (const { partition, nextOffset } of offsets.values()) {
    const reread = nextOffset - 1n;
    positions.set(partition, nextOffset > 0n && reread >= (low.get(partition) ?? 0n) ? reread : nextOffset);
  }
  return positions;
}
