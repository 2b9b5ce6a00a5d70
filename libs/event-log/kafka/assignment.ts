import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { outsideTheLog, pause } from '../deliver.ts';
import type { LogSubscriber, PartitionBounds, StoredRecord } from '../event-log.ts';
import { createLane, type Lane } from '../lane.ts';

/**
 * The partitions that one joining of the group gave to this process. Every offset comes from the subscriber and is compared with the
 * log's bounds before anything is read; what kafkajs or the group remember is never believed. When an offset that is not expected
 * arrives, kafkajs has moved by itself (it does when an offset is out of range) or answered late: then the bounds are asked again and
 * either the right place is read or the partition stops, loudly.
 */
export interface Assignment {
  readonly partitions: readonly number[];
  /** For kafkajs. Returns at once; the fetch loop, and with it the heartbeat, never waits for a handler. */
  onBatch(payload: Pick<EachBatchPayload, 'batch' | 'resolveOffset' | 'isStale'>): void;
  /** Next offset of each partition that was handled since the last call. */
  takeHandled(): Map<number, bigint>;
  stop(): void;
  /** Resolves when no batch is in hand. */
  idle(): Promise<void>;
}

export interface AssignmentOptions {
  readonly consumer: Pick<Consumer, 'pause' | 'resume' | 'seek'>;
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly subscriber: LogSubscriber;
  readonly bounds: () => Promise<PartitionBounds[]>;
  /** Resolves when the assignment before this one has no batch in hand. */
  readonly previousIdle: Promise<void>;
}

const RETRY_MS = 500;
/** So many unexpected offsets at one place mean that the records are not there. */
const SURPRISES = 5;

export function createAssignment(options: AssignmentOptions): Assignment {
  const { consumer, topic, partitions, subscriber } = options;
  const stopped = new AbortController();
  const lanes = new Map<number, Lane>();
  const handled = new Map<number, bigint>();
  const surprises = new Map<number, { at: bigint; count: number }>();
  /** Partitions whose place is being asked for: nothing else may resume them. */
  const searching = new Set<number>();
  const held = (partition: number) => [{ topic, partitions: [partition] }];

  const halt = (partition: number, message: string) => {
    lanes.get(partition)?.stop();
    lanes.delete(partition);
    if (stopped.signal.aborted) return;
    consumer.pause(held(partition));
    subscriber.onTrouble({ partition, halted: true, message });
  };

  const trouble = (message: string) => subscriber.onTrouble({ halted: false, message });

  /** Repeats a question until it is answered; undefined when stopped before. */
  const insist = async <T>(question: () => Promise<T>, what: string): Promise<T | undefined> => {
    while (!stopped.signal.aborted) {
      try {
        return await question();
      } catch (error) {
        trouble(`${what}, trying again: ${(error as Error).message}`);
        await pause(RETRY_MS, stopped.signal);
      }
    }
    return undefined;
  };

  /** Reads on at `offset` if the log has it. The partition is paused meanwhile. */
  const goTo = async (partition: number, offset: bigint): Promise<void> => {
    searching.add(partition);
    consumer.pause(held(partition));
    const bounds = await insist(options.bounds, 'the bounds of the log are not known');
    if (!bounds || stopped.signal.aborted) return;
    place(partition, offset, bounds);
  };

  const place = (partition: number, offset: bigint, bounds: readonly PartitionBounds[]): void => {
    searching.delete(partition);
    const bound = bounds.find((each) => each.partition === partition);
    if (!bound) {
      halt(partition, `partition ${partition} stopped: the topic ${topic} does not have it`);
      return;
    }
    if (offset < bound.low || offset > bound.high) {
      halt(partition, outsideTheLog(partition, offset, bound.low, bound.high));
      return;
    }
    const lane = lanes.get(partition);
    if (lane) lane.moveTo(offset);
    else lanes.set(partition, open(partition, offset));
    consumer.seek({ topic, partition, offset: String(offset) });
    consumer.resume(held(partition));
  };

  const open = (partition: number, offset: bigint): Lane =>
    createLane(partition, offset, subscriber, {
      onRoom() {
        if (!searching.has(partition) && !stopped.signal.aborted) consumer.resume(held(partition));
      },
      onHandled: (next) => handled.set(partition, next),
      onSeek(next) {
        lanes.get(partition)?.moveTo(next);
        void goTo(partition, next);
      },
      onHalt: (reason) => halt(partition, `partition ${partition} stopped: ${reason}`),
    });

  const start = async () => {
    await options.previousIdle;
    if (partitions.length === 0) return;
    const positions = await insist(() => subscriber.positions(partitions), 'the positions to read from are not known');
    if (!positions) return;
    const bounds = await insist(options.bounds, 'the bounds of the log are not known');
    if (!bounds || stopped.signal.aborted) return;
    for (const partition of partitions) {
      const low = bounds.find((each) => each.partition === partition)?.low ?? 0n;
      place(partition, positions.get(partition) ?? low, bounds);
    }
  };

  // Before the first fetch of this assignment: nothing is read until its place is known.
  consumer.pause([{ topic, partitions: [...partitions] }]);
  void start();
  return {
    partitions,
    onBatch({ batch, resolveOffset, isStale }) {
      const lane = lanes.get(batch.partition);
      if (!lane || stopped.signal.aborted || isStale() || lane.full()) return;
      const records = batch.messages.map(toRecord);
      if (records[0]?.offset !== lane.expected()) {
        surprise(lane, records[0]?.offset);
        return;
      }
      const whole = risingByOne(records);
      lane.push(records.slice(0, whole));
      resolveOffset(String(lane.expected() - 1n));
      if (lane.full()) consumer.pause(held(batch.partition));
    },
    takeHandled() {
      const taken = new Map(handled);
      handled.clear();
      return taken;
    },
    stop() {
      stopped.abort();
      for (const lane of lanes.values()) lane.stop();
    },
    idle: async () => {
      await Promise.all([...lanes.values()].map((lane) => lane.idle()));
    },
  };

  function surprise(lane: Lane, got: bigint | undefined): void {
    const at = lane.expected();
    const before = surprises.get(lane.partition);
    const count = before?.at === at ? before.count + 1 : 1;
    surprises.set(lane.partition, { at, count });
    if (count > SURPRISES) {
      halt(
        lane.partition,
        `partition ${lane.partition} stopped: offset ${at} was to be read next, but the log answers with ${got}; the records between are missing.`,
      );
      return;
    }
    void settleSurprise(lane);
  }

  /** What was fetched before the surprise is good and stays; only the place to read from is set again. */
  async function settleSurprise(lane: Lane): Promise<void> {
    const { partition } = lane;
    // Before the bounds: a record that is fetched meanwhile must not look as if it lay beyond them.
    const at = lane.expected();
    searching.add(partition);
    consumer.pause(held(partition));
    const bounds = await insist(options.bounds, 'the bounds of the log are not known');
    if (!bounds || stopped.signal.aborted || lanes.get(partition) !== lane) return;
    searching.delete(partition);
    const bound = bounds.find((each) => each.partition === partition);
    if (!bound || at < bound.low || at > bound.high) {
      halt(partition, outsideTheLog(partition, at, bound?.low ?? 0n, bound?.high ?? 0n));
      return;
    }
    consumer.seek({ topic, partition, offset: String(lane.expected()) });
    if (!lane.full()) consumer.resume(held(partition));
  }
}

function toRecord(message: KafkaMessage): StoredRecord {
  return {
    offset: BigInt(message.offset),
    appendedAt: new Date(Number(message.timestamp)),
    value: message.value ?? Buffer.alloc(0),
  };
}

/** How many records from the first one on follow each other without a gap. */
function risingByOne(records: readonly StoredRecord[]): number {
  const first = (records[0] as StoredRecord).offset;
  let count = 1;
  while (records[count]?.offset === first + BigInt(count)) count += 1;
  return count;
}
