import type { Pool } from '#libs/database/pool.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { outsideTheLog, pause } from '../deliver.ts';
import type { LogSubscriber, LogSubscription, StoredRecord } from '../event-log.ts';
import { createLane, type Lane } from '../lane.ts';
import type { Signal } from './signal.ts';
import { readBounds } from './store/read-bounds.ts';
import { readEnds } from './store/read-ends.ts';
import { readRecords } from './store/read-records.ts';
import { withConnection } from './with-connection.ts';

/**
 * Reads all partitions for one subscriber. One small query, on every signal and every `pollMs`, says how far each partition
 * goes; a partition is read while it has more and its lane has room. Offsets that are visible are committed and without gaps (see
 * store/append-records.ts), so an offset that is not the expected one means that the log was trimmed or replaced: the partition stops.
 */
export interface SubscriptionOptions {
  readonly pool: Pool;
  readonly subscriber: LogSubscriber;
  readonly signal: Signal;
  readonly pollMs: number;
}

const LIMITS = { maxRecords: 1_000, maxBytes: 1024 * 1024 };
const RETRY_MS = 500;
const ANSWER_WITHIN_MS = 10_000;

export function subscribeToPostgres(options: SubscriptionOptions): LogSubscription {
  const { pool, subscriber, signal, pollMs } = options;
  const stopped = new AbortController();
  const lanes = new Map<number, Lane>();
  const reading = new Set<number>();
  let ends: ReadonlyMap<number, bigint> = new Map();
  let held: readonly number[] = [];
  let wake = () => {};
  const ask = <T>(question: (tx: Transaction) => Promise<T>) => withConnection(pool, ANSWER_WITHIN_MS, question);

  const halt = (partition: number, message: string) => {
    lanes.get(partition)?.stop();
    lanes.delete(partition);
    if (!stopped.signal.aborted) subscriber.onTrouble({ partition, halted: true, message });
  };

  /** Repeats a question until it is answered; undefined when stopped before. */
  const insist = async <T>(question: () => Promise<T>, what: string): Promise<T | undefined> => {
    while (!stopped.signal.aborted) {
      try {
        return await question();
      } catch (error) {
        subscriber.onTrouble({ halted: false, message: `${what}, trying again: ${(error as Error).message}` });
        await pause(RETRY_MS, stopped.signal);
      }
    }
    return undefined;
  };

  /** Checks a place against the log before it is read from. */
  const verify = async (partition: number, offset: bigint): Promise<boolean> => {
    const bounds = await insist(() => ask(readBounds), 'the bounds of the log are not known');
    if (!bounds || stopped.signal.aborted) return false;
    const bound = bounds.find((each) => each.partition === partition);
    if (bound && offset >= bound.low && offset <= bound.high) return true;
    halt(partition, outsideTheLog(partition, offset, bound?.low ?? 0n, bound?.high ?? 0n));
    return false;
  };

  const goOn = async (partition: number, offset: bigint): Promise<void> => {
    if (await verify(partition, offset)) await fill(partition);
  };

  const open = (partition: number, offset: bigint): Lane =>
    createLane(partition, offset, subscriber, {
      onRoom: () => void fill(partition),
      onHandled: () => {},
      onSeek(next) {
        lanes.get(partition)?.moveTo(next);
        void goOn(partition, next);
      },
      onHalt: (reason) => halt(partition, `partition ${partition} stopped: ${reason}`),
    });

  /** Reads on while there is more and the lane has room. Never twice at once for a partition. */
  async function fill(partition: number): Promise<void> {
    if (reading.has(partition)) return;
    reading.add(partition);
    try {
      for (;;) {
        const lane = lanes.get(partition);
        const end = ends.get(partition) ?? 0n;
        if (!lane || stopped.signal.aborted || lane.full() || lane.expected() >= end) return;
        const from = lane.expected();
        const records = await insist(
          () => ask((tx) => readRecords(tx, partition, from, LIMITS)),
          'the log could not be read',
        );
        if (!records || stopped.signal.aborted || lanes.get(partition) !== lane) return;
        // The subscriber went elsewhere meanwhile.
        if (lane.expected() !== from) continue;
        if (!risesFrom(from, records)) {
          if (await verify(partition, from))
            halt(
              partition,
              `partition ${partition} stopped: records from offset ${from} on are missing in log_records`,
            );
          return;
        }
        lane.push(records);
      }
    } finally {
      reading.delete(partition);
    }
  }

  const watch = async () => {
    while (!stopped.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const known = await insist(() => ask(readEnds), 'the end of the log is not known');
      if (!known || stopped.signal.aborted) return;
      ends = known;
      for (const [partition, lane] of lanes) {
        const end = ends.get(partition) ?? 0n;
        // `ends` is newer than what was read, so a lane ahead of it has seen a log that is gone.
        if (lane.expected() > end) void verify(partition, lane.expected());
        else void fill(partition);
      }
      await Promise.race([woken, pause(pollMs, stopped.signal)]);
    }
  };

  const run = async () => {
    const known = await insist(() => ask(readEnds), 'the partitions of the log are not known');
    if (!known) return;
    held = [...known.keys()];
    const positions = await insist(() => subscriber.positions(held), 'the positions to read from are not known');
    const bounds = await insist(() => ask(readBounds), 'the bounds of the log are not known');
    if (!positions || !bounds || stopped.signal.aborted) return;
    for (const { partition, low, high } of bounds) {
      const position = positions.get(partition) ?? low;
      if (position < low || position > high) halt(partition, outsideTheLog(partition, position, low, high));
      else lanes.set(partition, open(partition, position));
    }
    await watch();
  };

  const unlisten = signal.onRaised(() => wake());
  const running = run();
  return {
    partitions: () => held,
    async close() {
      if (stopped.signal.aborted) return running;
      unlisten();
      stopped.abort();
      const open = [...lanes.values()];
      for (const lane of open) lane.stop();
      await Promise.all(open.map((lane) => lane.idle()));
    },
  };
}

function risesFrom(first: bigint, records: readonly StoredRecord[]): boolean {
  return records.length > 0 && records.every((record, index) => record.offset === first + BigInt(index));
}
