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

/** Beside the one in hand. One waits so that fetching and handling overlap. */
const BATCHES_WAITING = 1;

export function createLane(partition: number, start: bigint, subscriber: LogSubscriber, events: LaneEvents): Lane {
  const stopped = new AbortController();
  let expected = start;
  let waiting: (readonly StoredRecord[])[] = [];
  let working: Promise<void> = Promise.resolve();
  let busy = false;

  const work = async () => {
    busy = true;
    while (!stopped.signal.aborted) {
      const records = waiting.shift();
      if (!records) break;
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
      waiting.push(records);
      if (!busy) working = work();
    },
    moveTo(offset) {
      waiting = [];
      expected = offset;
    },
    full: () => waiting.length >= BATCHES_WAITING,
    stop() {
      stopped.abort();
      waiting = [];
    },
    idle: () => working,
  };
}
