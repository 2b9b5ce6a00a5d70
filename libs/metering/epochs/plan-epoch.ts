import type { PartitionBounds } from '#libs/event-log/event-log.ts';

/** How far a partition of the log is applied. */
export interface LogPosition {
  readonly partition: number;
  readonly epoch: number;
  /** Where the epoch began. */
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
}

/** Where the new epoch begins: with the first record that is in the log, behind its last one, or where the old epoch stood. */
export type EpochStart = 'earliest' | 'end' | 'keep';

export interface EpochChoice {
  readonly from: EpochStart;
  /** Partitions the choice is for; the others go on where they stood, and their last record is still compared. Null: all. */
  readonly partitions: readonly number[] | null;
}

export interface PlannedPosition {
  readonly partition: number;
  readonly epoch: number;
  readonly firstOffset: bigint;
  /** Whether the hash of the last applied record goes on being compared. */
  readonly keepsHash: boolean;
  /** Records that were applied from here on in the old epoch and will be read again: identity keeps them from counting twice. */
  readonly readAgain: bigint;
  /** Records in the log that will never be read. */
  readonly skipped: bigint;
}

/**
 * One epoch for all partitions, because documents note one. Pure. @throws RangeError with one sentence when the choice names a partition that
 * does not exist, or would have a partition begin outside of the log.
 */
export function planEpoch(
  positions: readonly LogPosition[],
  bounds: readonly PartitionBounds[],
  { from, partitions }: EpochChoice,
): PlannedPosition[] {
  const epoch = Math.max(1, ...positions.map((position) => position.epoch)) + 1;
  const positionOf = new Map(positions.map((position) => [position.partition, position]));
  const boundOf = new Map(bounds.map((bound) => [bound.partition, bound]));
  const all = [...new Set([...positionOf.keys(), ...boundOf.keys()])].sort((a, b) => a - b);
  const unknown = partitions?.find((partition) => !all.includes(partition));
  if (unknown !== undefined) throw new RangeError(`there is no partition ${unknown}: there are ${all.join(', ')}`);
  return all.map((partition) => {
    const { low, high } = boundOf.get(partition) ?? { low: 0n, high: 0n };
    const stood = positionOf.get(partition)?.nextOffset ?? low;
    if (partitions !== null && !partitions.includes(partition))
      return { partition, epoch, firstOffset: stood, keepsHash: true, readAgain: 0n, skipped: 0n };
    const firstOffset = { earliest: low, end: high, keep: stood }[from];
    if (firstOffset < low || firstOffset > high)
      throw new RangeError(
        `partition ${partition} would go on at offset ${firstOffset}, but the log has ${low} to ${high}: choose --from earliest or end for it`,
      );
    const readAgain = stood > firstOffset ? stood - firstOffset : 0n;
    const skipped = firstOffset > stood ? firstOffset - (stood > low ? stood : low) : 0n;
    return { partition, epoch, firstOffset, keepsHash: false, readAgain, skipped };
  });
}
