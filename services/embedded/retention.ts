import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { PostgresLog } from '#libs/event-log/postgres/postgres-log.ts';
import { selectLogOffsets } from '#libs/metering/store/select-log-offsets.ts';
import type { Logger } from '#libs/telemetry/logger.ts';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Removes applied records from the log once they are older than the retention; Kafka does this by itself. Returns the stop. */
export function startRetention(options: {
  readonly log: PostgresLog;
  readonly pool: Pool;
  readonly days: number;
  readonly logger: Logger;
}): () => Promise<void> {
  const { log, pool, days, logger } = options;
  let running: Promise<void> = Promise.resolve();
  const trim = async () => {
    try {
      const offsets = await inTransaction(pool, selectLogOffsets);
      const applied = new Map(offsets.map(({ partition, nextOffset }) => [partition, nextOffset]));
      const removed = await log.trim(new Date(Date.now() - days * DAY_MS), applied);
      if (removed > 0) logger.info({ removed }, 'removed old records from the log');
    } catch (error) {
      logger.warn({ err: error }, 'old records could not be removed from the log; tried again in an hour');
    }
  };
  const timer = setInterval(() => {
    running = trim();
  }, EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
