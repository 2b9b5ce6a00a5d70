import { type Config, settings } from '#libs/config/settings.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { DeadLetterTopic } from '#libs/event-log/kafka/dead-letter-topic.ts';
import { sweepExpiredKeys } from '#libs/http/idempotency/sweep-expired-keys.ts';
import { publishDeadLetters } from '#libs/metering/dead-letters/publish-dead-letters.ts';
import { dropRawDays } from '#libs/metering/generations/drop-raw-days.ts';
import { rotateKeys } from '#libs/metering/generations/rotate-keys.ts';
import { checkCounters } from '#libs/metering/reconcile/check-counters.ts';
import { countDeadLetters } from '#libs/metering/store/count-dead-letters.ts';
import { selectLogOffsets } from '#libs/metering/store/select-log-offsets.ts';
import { startLoop } from '#libs/process/start-loop.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import type { Metrics } from '#libs/telemetry/metrics.ts';

/*
 * What must be done now and then, by any one of the aggregators: generations of keys opened and dropped, old raw events dropped, the counters
 * held against each other, dead letters copied to their topic. Each is one transaction that a lock in the database keeps to one process
 * at a time; one that fails, or does not get its lock, is tried again the next time.
 */

export interface HousekeepingOptions {
  /** Of the worker role. */
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'bounds'>;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'unexplainedRecords' | 'recordsBehind' | 'deadLetters'>;
  readonly retention?: Retention | undefined;
  /** Where dead letters are shown to other programs; they stay in the table alone without it. */
  readonly deadLetterTopic?: Pick<DeadLetterTopic, 'publish'> | undefined;
  readonly everyMs?: number;
}

export interface Retention {
  readonly dedupeDays: number;
  readonly lagDays: number;
  readonly rawDays: number;
}

const DEFAULT_RETENTION: Retention = {
  dedupeDays: settings.TOLLBOOK_DEDUPE_DAYS.schema.parse(undefined),
  lagDays: settings.TOLLBOOK_LOG_RETENTION_DAYS.schema.parse(undefined),
  rawDays: settings.TOLLBOOK_RAW_DAYS.schema.parse(undefined),
};
/** As configured; raw events that the log still has, or whose keys are kept, are kept. */
export const retentionOf = (
  config: Pick<Config, 'TOLLBOOK_DEDUPE_DAYS' | 'TOLLBOOK_RAW_DAYS' | 'TOLLBOOK_LOG_RETENTION_DAYS'>,
): Retention => ({
  dedupeDays: config.TOLLBOOK_DEDUPE_DAYS,
  lagDays: config.TOLLBOOK_LOG_RETENTION_DAYS,
  rawDays: Math.max(config.TOLLBOOK_RAW_DAYS, config.TOLLBOOK_DEDUPE_DAYS, config.TOLLBOOK_LOG_RETENTION_DAYS),
});

const EVERY_MS = 60_000;
const PUBLISH_EVERY_MS = 1_000;
/** Comparing counters reads whole tables once they are large: it may take this share of the time. */
const CHECKING_SHARE = 0.02;

export function startHousekeeping(options: HousekeepingOptions): { stop(): Promise<void> } {
  const { logger, deadLetterTopic, everyMs = EVERY_MS } = options;
  const loop = (what: string, work: () => Promise<number>) =>
    startLoop({
      pauseMs: everyMs,
      work,
      onError: (error) => logger.warn({ err: error }, `${what}: it did not work and is tried again`),
    });
  const loops = [
    loop('housekeeping', async () => {
      await keepRetention(options);
      return everyMs;
    }),
    loop('comparing counters', async () => {
      const began = performance.now();
      try {
        await observe(options);
      } catch (error) {
        // Not known is not 0.
        options.metrics.unexplainedRecords.set(Number.NaN);
        throw error;
      }
      return Math.max(everyMs, (performance.now() - began) / CHECKING_SHARE);
    }),
  ];
  if (deadLetterTopic)
    loops.push(
      loop('publishing dead letters', async () => {
        const published = await publishDeadLetters(options.pool, (messages) => deadLetterTopic.publish(messages));
        return published > 0 ? 0 : Math.min(everyMs, PUBLISH_EVERY_MS);
      }),
    );
  return {
    async stop() {
      await Promise.all(loops.map((one) => one.stop()));
    },
  };
}

async function keepRetention({ pool, logger, retention = DEFAULT_RETENTION }: HousekeepingOptions): Promise<void> {
  const rotated = await rotateKeys(pool, retention);
  if (rotated?.opened) logger.info({ generation: rotated.opened }, 'opened a new generation of event keys');
  for (const generation of rotated?.dropped ?? []) logger.info({ generation }, 'dropped a generation of event keys');
  const days = await dropRawDays(pool, retention.rawDays, Date.now());
  if (days > 0) logger.info({ days }, 'dropped days of raw events');
  const keys = await sweepExpiredKeys(pool);
  if (keys > 0) logger.info({ keys }, 'removed expired idempotency keys');
}

async function observe({ pool, log, logger, metrics }: HousekeepingOptions): Promise<void> {
  const check = await checkCounters(pool);
  metrics.unexplainedRecords.set(Number(check.unexplained));
  if (check.unexplained > 0n)
    logger.error(
      { unexplained: String(check.unexplained), epochs: check.epochs.map(textOf), meters: check.meters.map(textOf) },
      'counters do not match: run "npm run log -- reconcile --deep"',
    );
  const [letters, offsets] = await inTransaction(pool, async (tx) => [
    await countDeadLetters(tx),
    await selectLogOffsets(tx),
  ]);
  metrics.deadLetters.reset();
  for (const [reason, count] of letters) metrics.deadLetters.set({ reason }, count);
  const applied = new Map(offsets.map(({ partition, nextOffset }) => [partition, nextOffset]));
  const behind = (await log.bounds()).reduce((sum, { partition, low, high }) => {
    const missing = high - (applied.get(partition) ?? low);
    return missing > 0n ? sum + missing : sum;
  }, 0n);
  metrics.recordsBehind.set(Number(behind));
}

/** JSON knows no bigint. */
const textOf = (row: object): Record<string, string> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
