/**
 * The event log: an append-only, partitioned record of everything that was acknowledged. Kafka and Postgres implement it,
 * and both pass libs/event-log/event-log.contract.ts.
 *
 * Guarantees
 * - An outcome `durable` is given only after the log has the record for good (Kafka: acks=all; Postgres: COMMIT).
 * - `unavailable` means unknown: the record may or may not be in the log. Retry with the same identity.
 * - Within a partition offsets rise by one and never skip a record that commits later.
 * - A record may stand in the log twice (a retry inside the adapter). Identity removes doubles, later.
 */
export interface EventLog {
  /**
   * Resolves, within the adapter's append timeout, with one outcome per record in the order given. Never rejects because the
   * log is away. Memory is bounded: while it is full, callers wait for room until the timeout.
   */
  append(records: readonly LogRecord[]): Promise<AppendOutcome[]>;
  /** Delivers batches until closed. Partitions are shared with other subscribers where the log can do that (Kafka). */
  subscribe(subscriber: LogSubscriber): Promise<LogSubscription>;
  /** First offset still there and the offset the next record will get, per partition. Throws when the log is away. */
  bounds(): Promise<PartitionBounds[]>;
  /** Rejects with a sentence when the log cannot be used. */
  check(): Promise<void>;
  /** Settles what is in flight, then lets go of all connections. */
  close(): Promise<void>;
}

export interface LogRecord {
  /** Decides the partition: equal keys meet in one. At least 4 bytes, evenly spread (a hash). */
  readonly partitionKey: Buffer;
  readonly value: Buffer;
}

export type AppendOutcome =
  | { readonly status: 'durable'; readonly partition: number; readonly offset: bigint }
  | { readonly status: 'unavailable'; readonly reason: string };

export interface StoredRecord {
  readonly offset: bigint;
  /** The log's own clock when the record was appended. */
  readonly appendedAt: Date;
  readonly value: Buffer;
}

/** Never empty; offsets rise by one. */
export interface RecordBatch {
  readonly partition: number;
  readonly records: readonly StoredRecord[];
}

export interface PartitionBounds {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** What the subscriber wants after a batch: the offset to go on with (seeks if it is not the batch's end), or no more. */
export type AfterBatch = { readonly next: bigint } | { readonly halt: string };

export interface LogSubscriber {
  /** Asked when partitions are assigned and before any of their records: where to start each. Not named: from the first record. */
  positions(partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>;
  /**
   * One batch; for one partition never called again before it resolved. While it is pending that partition is not read on.
   * If it rejects, the same records are delivered again after a pause.
   */
  handle(batch: RecordBatch): Promise<AfterBatch>;
  /** A partition that stopped (halted, or its position lies outside the log) or trouble that is being retried. */
  onTrouble(trouble: { readonly partition?: number; readonly halted: boolean; readonly message: string }): void;
}

export interface LogSubscription {
  /** Partitions held now. */
  partitions(): readonly number[];
  /** Stops delivering and waits for the batch in hand. */
  close(): Promise<void>;
}

/** Partition of a key: its first four bytes as an unsigned number, modulo. The same in every implementation. */
export function partitionOf(partitionKey: Buffer, partitions: number): number {
  return partitionKey.readUInt32BE(0) % partitions;
}
