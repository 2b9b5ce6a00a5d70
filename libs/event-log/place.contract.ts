import type { AppendTarget } from '#tests/support/append-forever.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import type { AppendOutcome, EventLog, LogRecord, LogSubscriber, PartitionBounds, RecordBatch } from './event-log.ts';

/* What the contract of the log needs from an implementation, and the hands it works with. */

/** A server of its own, so that it can be frozen and killed. */
export interface LogServer {
  /** An empty log with 4 partitions. */
  place(): Promise<LogPlace>;
  freeze(): void;
  resume(): void;
  /** kill -9, and up again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface LogPlace {
  readonly target: AppendTarget;
  open(options?: { readonly appendTimeoutMs?: number; readonly maxBufferedBytes?: number }): Promise<EventLog>;
  /** Removes the records of a partition before an offset, as retention would. */
  removeBefore(partition: number, offset: bigint): Promise<void>;
  /** Closes what open() gave out. */
  close(): Promise<void>;
}

/** A log at an empty place, and what can be done to it. */
export interface LogUnderTest {
  server: LogServer;
  place: LogPlace;
  log: EventLog;
}

export const PARTITIONS = 4;

/** A record for a given partition. */
export function recordFor(partition: number, value: string | Buffer): LogRecord {
  const partitionKey = Buffer.alloc(16);
  partitionKey.writeUInt32BE(partition);
  return { partitionKey, value: Buffer.from(value) };
}

/** Appends as many records to each partition; `filled` says which values they have. */
export async function fill(log: EventLog, count: number): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const outcomes = await log.append(filled(partition, count).map((value) => recordFor(partition, value)));
    if (outcomes.some(({ status }) => status !== 'durable')) throw new Error('the log did not take all records');
  }
}

export const filled = (partition: number, count: number, from = 0): string[] =>
  Array.from({ length: count - from }, (_, index) => `${partition}:${from + index}`);

/** What a subscriber saw, per partition and in order. */
export interface Reader {
  readonly batches: RecordBatch[];
  readonly troubles: { partition?: number; halted: boolean; message: string }[];
  /** Values by partition; throws if the offsets do not rise by one from where reading began. */
  values(partition: number): string[];
  count(): number;
  close(): Promise<void>;
}

/** Reads from `positions` (the first record unless told), and goes on where it was when it is asked again, as a database would. */
export async function read(log: EventLog, over: Partial<LogSubscriber> = {}): Promise<Reader> {
  const batches: RecordBatch[] = [];
  const troubles: Reader['troubles'] = [];
  const next = new Map<number, bigint>();
  const subscription = await log.subscribe({
    async positions(partitions) {
      const first = over.positions ? await over.positions(partitions) : new Map(partitions.map((each) => [each, 0n]));
      return new Map([...first, ...next]);
    },
    async handle(batch) {
      const after = over.handle ? await over.handle(batch) : { next: endOf(batch) };
      batches.push(batch);
      if ('next' in after) next.set(batch.partition, after.next);
      return after;
    },
    onTrouble: (trouble) => troubles.push({ ...trouble }),
  });
  return {
    batches,
    troubles,
    values(partition) {
      const records = batches.filter((batch) => batch.partition === partition).flatMap((batch) => batch.records);
      records.forEach((record, index) => {
        const expected = (records[0]?.offset ?? 0n) + BigInt(index);
        if (record.offset !== expected)
          throw new Error(`partition ${partition}: offset ${record.offset} where ${expected} was due`);
      });
      return records.map((record) => record.value.toString());
    },
    count: () => batches.reduce((sum, batch) => sum + batch.records.length, 0),
    close: () => subscription.close(),
  };
}

export const endOf = (batch: RecordBatch): bigint => (batch.records.at(-1)?.offset ?? -1n) + 1n;

/** Everything in the log now, by partition, from the first record on. */
export async function readEverything(log: EventLog): Promise<Map<number, string[]>> {
  let bounds: readonly PartitionBounds[] = [];
  // A server that was frozen may still be finding its leaders.
  await waitFor(
    async () => {
      bounds = await log.bounds();
      return true;
    },
    { timeoutMs: 30_000, describe: 'the bounds of the log' },
  );
  const total = bounds.reduce((sum, { low, high }) => sum + Number(high - low), 0);
  const reader = await read(log);
  await waitFor(() => reader.count() >= total, {
    timeoutMs: 30_000,
    describe: () => `${total} records; ${reader.count()} came, troubles ${JSON.stringify(reader.troubles)}`,
  });
  await reader.close();
  return new Map(bounds.map(({ partition }) => [partition, reader.values(partition)]));
}

/** Throws unless each acknowledged value stands at the offset that its outcome named. */
export function expectStored(
  stored: ReadonlyMap<number, readonly string[]>,
  acknowledged: Iterable<readonly [value: string, outcome: AppendOutcome]>,
): void {
  const missing: string[] = [];
  for (const [value, outcome] of acknowledged) {
    if (outcome.status !== 'durable') continue;
    if (stored.get(outcome.partition)?.[Number(outcome.offset)] !== value)
      missing.push(`${value} at ${outcome.partition}/${outcome.offset}`);
  }
  if (missing.length > 0)
    throw new Error(`${missing.length} acknowledged records are missing: ${missing.slice(0, 5).join(', ')}`);
}
