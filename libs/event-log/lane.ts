import { deliver } from './deliver.ts';
import type { LogSubscriber, StoredRecord } from './event-log.ts';

/**
 * One partition while this process holds it: what was fetched and waits, and the batch in hand. Knows nothing of the log it comes from, so that the
 * order of deliveries, seeks and stops can be read in one place.
 *
 * `expected` is the only offset that may come next. A lane that was stopped (partition given away, subscription closed) finishes the
 * batch in hand and drops its outcome.
 */
export interface Lane {
  readonly partition: number;
  expected(): bigint;
  /** Takes records that begin at `expected` and rise by one. */
  push(records: readonly StoredRecord[]): void;
  /** Forgets what waits and goes on at another offset. */
  moveTo(offset: bigint): void;
  /** True when no more should be fetched for now. */
  full(): boolean;
  stop(): void;
  /** Resolves when no batch is in hand. */
  idle(): Promise<void>;
}

export interface LaneEvents {
  /** There is room again. */
  readonly onRoom: () => void;
  /** Everything before this offset was handled. */
  readonly onHandled: (next: bigint) => void;
  /** The subscriber wants to go on elsewhere. */
  readonly onSeek: (offset: bigint) => void;
  readonly onHalt: (reason: string) => void;
}

/**
 * Records that may wait beside those in hand, so that fetching and handling overlap; what waits is handed over together. A fetch more
 * than that can come in, since one is on its way when the lane is full.
 */
const RECORDS_WAITING = 1_500;

export function createLane(partition: number, start: bigint, subscriber: LogSubscriber, events: LaneEvents): Lane {
  const stopped = new AbortController();
  let expected = start;
  let waiting: StoredRecord[] = [];
  let working: Promise<void> = Promise.resolve();
  let busy = false;

  const work = async () => {
    busy = true;
    while (!stopped.signal.aborted) {
      if (waiting.length === 0) break;
      const records = waiting;
      waiting = [];
      events.onRoom();
      const end = (records.at(-1) as StoredRecord).offset + 1n;
      const after = await deliver(subscriber, { partition, records }, stopped.signal);
      if (stopped.signal.aborted || !after) break;
      if ('halt' in after) {
        stopped.abort();
        events.onHalt(after.halt);
        break;
      }
      events.onHandled(after.next);
      if (after.next !== end) events.onSeek(after.next);
    }
    busy = false;
  };
  return {
    partition,
    expected: () => expected,
    push(records) {
      expected = (records.at(-1) as StoredRecord).offset + 1n;
      waiting = waiting.length === 0 ? [...records] : waiting.concat(records);
      if (!busy) working = work();
    },
    moveTo(offset) {
      waiting = [];
      expected = offset;
    },
    full: () => waiting.length >= RECORDS_WAITING,
    stop() {
      stopped.abort();
      waiting = [];
    },
    idle: () => working,
  };
}
