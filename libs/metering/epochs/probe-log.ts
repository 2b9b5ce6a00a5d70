import type { EventLog, PartitionBounds, RecordBatch } from '#libs/event-log/event-log.ts';
import { recordHash } from '../fit-batch.ts';
import type { AppliedPosition } from '../store/select-log-positions.ts';

/** How the log stands to what was applied of it. */
export type PartitionState =
  /** The last applied record is in the log, or there is none to compare. */
  | 'fits'
  /** The next record to apply was deleted, or the log ends before it. */
  | 'outside'
  /** Another record stands where the last applied one was. */
  | 'replaced'
  /** The record was not read in time. */
  | 'unknown';

const READ_WITHIN_MS = 15_000;

/** Reads the last applied record of each partition again and compares it, as an aggregator does when it is given the partition. */
export async function probeLog(
  log: Pick<EventLog, 'subscribe'>,
  positions: readonly AppliedPosition[],
  bounds: readonly PartitionBounds[],
  readWithinMs: number = READ_WITHIN_MS,
): Promise<Map<number, PartitionState>> {
  const boundOf = new Map(bounds.map((bound) => [bound.partition, bound]));
  const states = new Map<number, PartitionState>();
  const wanted = new Map<number, AppliedPosition>();
  for (const position of positions) {
    const bound = boundOf.get(position.partition);
    if (!bound || position.nextOffset < bound.low || position.nextOffset > bound.high)
      states.set(position.partition, 'outside');
    else if (position.lastRecordHash === null || position.nextOffset <= bound.low)
      states.set(position.partition, 'fits');
    else wanted.set(position.partition, position);
  }
  if (wanted.size === 0) return states;
  await readLast(log, wanted, bounds, readWithinMs, (partition, state) => states.set(partition, state));
  for (const partition of wanted.keys()) if (!states.has(partition)) states.set(partition, 'unknown');
  return states;
}

/** Resolves once all are read, or after the time limit. */
async function readLast(
  log: Pick<EventLog, 'subscribe'>,
  wanted: ReadonlyMap<number, AppliedPosition>,
  bounds: readonly PartitionBounds[],
  readWithinMs: number,
  tell: (partition: number, state: PartitionState) => void,
): Promise<void> {
  const missing = new Set(wanted.keys());
  const all = Promise.withResolvers<void>();
  const timer = setTimeout(all.resolve, readWithinMs);
  const subscription = await log.subscribe({
    // Those that are not wanted wait at their end.
    positions: async () =>
      new Map(
        bounds.map(({ partition, high }) => {
          const position = wanted.get(partition);
          return [partition, position ? position.nextOffset - 1n : high];
        }),
      ),
    async handle({ partition, records: [record] }: RecordBatch) {
      const position = wanted.get(partition);
      if (position && record?.offset === position.nextOffset - 1n) {
        tell(partition, position.lastRecordHash?.equals(recordHash(record)) ? 'fits' : 'replaced');
        missing.delete(partition);
        if (missing.size === 0) all.resolve();
      }
      return { halt: 'it was looked at' };
    },
    onTrouble() {},
  });
  await all.promise;
  clearTimeout(timer);
  await subscription.close();
}
