import type { Pool } from '#libs/database/pool.ts';
import { inTransaction, type Transaction } from '#libs/database/transaction.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createAppender } from '../appender.ts';
import type { EventLog, LogSubscription } from '../event-log.ts';
import { createSignal } from './signal.ts';
import { appendRecords } from './store/append-records.ts';
import { readBounds } from './store/read-bounds.ts';
import { readEnds } from './store/read-ends.ts';
import { trimRecords } from './store/trim-records.ts';
import { subscribeToPostgres } from './subscription.ts';
import { withConnection } from './with-connection.ts';

export interface PostgresLogOptions {
  /** Of the worker role if this process trims, otherwise any. Stays the caller's to end. Takes at most two connections per partition (append, read) and two more. */
  readonly pool: Pool;
  readonly appendTimeoutMs?: number;
  /** Memory for records that were not confirmed yet. */
  readonly maxBufferedBytes?: number;
  /** Readers look by themselves this often when no signal comes. */
  readonly pollMs?: number;
  readonly logger?: Logger;
}

export interface PostgresLog extends EventLog {
  /**
   * Retention: removes records that were appended before an instant and that were applied, keeping the last applied one of each
   * partition (readers compare its hash). `applied` holds the next offset to apply per partition; what it does not name stays.
   * Returns how many records went.
   */
  trim(before: Date, applied: ReadonlyMap<number, bigint>): Promise<number>;
}

const DEFAULT_APPEND_TIMEOUT_MS = 3_800;
const DEFAULT_BUFFERED_BYTES = 32 * 1024 * 1024;
const DEFAULT_POLL_MS = 250;
const SETTLE_WITHIN_MS = 2_000;
const ANSWER_WITHIN_MS = 5_000;
const COMMIT_WITHIN_MS = 10_000;
const TRIM_AT_ONCE = 10_000;

/** The event log in the database of the embedded mode. @throws Error when the database does not answer. */
export async function createPostgresLog(options: PostgresLogOptions): Promise<PostgresLog> {
  const { pool, logger } = options;
  const ask = <T>(question: (tx: Transaction) => Promise<T>) => withConnection(pool, ANSWER_WITHIN_MS, question);
  let partitions = (await ask(readEnds)).size;
  const signal = createSignal(pool);
  const subscriptions = new Set<LogSubscription>();
  const appender = createAppender({
    partitions: () => partitions,
    async send(partition, records) {
      const values = records.map(({ value }) => value);
      // One statement, one transaction. Rejects when the outcome is not known: also when only the answer to its commit was lost.
      const offset = await withConnection(pool, COMMIT_WITHIN_MS, (tx) => appendRecords(tx, partition, values));
      signal.raise();
      return offset;
    },
    appendTimeoutMs: options.appendTimeoutMs ?? DEFAULT_APPEND_TIMEOUT_MS,
    maxBufferedBytes: options.maxBufferedBytes ?? DEFAULT_BUFFERED_BYTES,
    onSendFailed: (partition, error) =>
      logger?.warn({ partition, err: error }, 'records were not confirmed by Postgres'),
  });
  return {
    append: appender.append,
    bounds: () => ask(readBounds),
    async subscribe(subscriber) {
      const subscription = subscribeToPostgres({ pool, subscriber, signal, pollMs: options.pollMs ?? DEFAULT_POLL_MS });
      subscriptions.add(subscription);
      return subscription;
    },
    async check() {
      partitions = (await ask(readEnds)).size;
    },
    async trim(before, applied) {
      let removed = 0;
      for (const [partition, next] of applied) {
        for (let count = TRIM_AT_ONCE; count === TRIM_AT_ONCE; removed += count) {
          count = await inTransaction(pool, (tx) => trimRecords(tx, partition, before, next - 1n, TRIM_AT_ONCE));
        }
      }
      return removed;
    },
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await appender.close(SETTLE_WITHIN_MS);
      await signal.close();
    },
  };
}
