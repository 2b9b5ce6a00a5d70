import type { Cache } from '#libs/cache/cache.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { AfterBatch, EventLog, LogSubscriber, RecordBatch } from '#libs/event-log/event-log.ts';
import type { ApplyDependencies, ApplyStep } from '#libs/metering/apply/apply-batch.ts';
import { applyIsolating } from '#libs/metering/apply/apply-isolating.ts';
import { preparePartitions } from '#libs/metering/apply/prepare-partitions.ts';
import { liveUsageEntries } from '#libs/metering/live-usage.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';
import type { HourlyRow } from '#libs/metering/store/upsert-hourly.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import type { Metrics } from '#libs/telemetry/metrics.ts';
import { startBackfills } from './backfill.ts';
import { createCollector } from './collector.ts';
import { followEpochs } from './follow-epochs.ts';
import { type HousekeepingOptions, startHousekeeping } from './housekeeping.ts';

const MAX_RECORDS = 5000;
const MAX_WAIT_MS = 25;
/** Two transactions: one is prepared here while the database works on the other. */
const CONCURRENCY = 2;
/** A transaction has costs of its own. */
const WORTHWHILE_RECORDS = 1000;
const FAILING_MS = 30_000;

export interface AggregatorDependencies extends Pick<HousekeepingOptions, 'retention' | 'deadLetterTopic'> {
  /** Of the worker role. */
  readonly pool: Pool;
  readonly log: EventLog;
  readonly cache: Cache;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now?: () => number;
  /** For fault tests: called between the steps of the transaction. */
  readonly checkpoint?: (step: ApplyStep) => Promise<void>;
}

export interface Aggregator {
  /** Rejects with a sentence while a partition stands still. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/** Reads the log and applies it, until stopped. */
export async function startAggregator(dependencies: AggregatorDependencies): Promise<Aggregator> {
  const { pool, log, logger, metrics } = dependencies;
  const apply: ApplyDependencies = {
    pool,
    catalog: {},
    knownSources: new Set(),
    ...(dependencies.checkpoint && { checkpoint: dependencies.checkpoint }),
  };
  const ensureDays = createDayKeeper(pool);
  const halted = new Map<number, string>();

  const applyAll = async (batches: readonly RecordBatch[]): Promise<ReadonlyMap<number, AfterBatch>> => {
    await ensureDays(batches);
    const stop = metrics.applySeconds.startTimer();
    const applied = await applyIsolating(apply, batches);
    stop();
    for (const [outcome, count] of Object.entries(applied.outcomes)) metrics.appliedRecords.inc({ outcome }, count);
    publish(dependencies, applied.hourly);
    return applied.after;
  };

  // Since when nothing of a partition could be applied; readiness tells after a while.
  const failingSince = new Map<number, number>();
  const watched = async (batches: readonly RecordBatch[]): Promise<ReadonlyMap<number, AfterBatch>> => {
    try {
      const after = await applyAll(batches);
      for (const { partition } of batches) failingSince.delete(partition);
      return after;
    } catch (error) {
      for (const { partition } of batches) if (!failingSince.has(partition)) failingSince.set(partition, Date.now());
      throw error;
    }
  };
  const collector = createCollector({
    maxRecords: MAX_RECORDS,
    maxWaitMs: MAX_WAIT_MS,
    concurrency: CONCURRENCY,
    worthwhileRecords: WORTHWHILE_RECORDS,
    apply: watched,
  });
  const subscriber: LogSubscriber = {
    async positions(partitions) {
      // A new assignment: what another owner has now is that one's to tell.
      halted.clear();
      failingSince.clear();
      metrics.haltedPartitions.set(halted.size);
      return preparePartitions(pool, partitions, await log.bounds());
    },
    handle: (batch) => collector.handle(batch),
    onTrouble(trouble) {
      if (trouble.halted) {
        halted.set(trouble.partition ?? -1, trouble.message);
        metrics.haltedPartitions.set(halted.size);
        logger.error({ partition: trouble.partition }, trouble.message);
      } else logger.warn({ partition: trouble.partition }, trouble.message);
    },
  };
  const subscription = await followEpochs({ pool, log, subscriber, logger });
  const backfills = startBackfills(pool, logger);
  const housekeeping = startHousekeeping(dependencies);
  return {
    async check() {
      const [message] = halted.values();
      if (message) throw new Error(message);
      for (const [partition, since] of failingSince) {
        const seconds = Math.round((Date.now() - since) / 1000);
        if (seconds * 1000 > FAILING_MS)
          throw new Error(`nothing of partition ${partition} could be applied for ${seconds} s; see the log`);
      }
    },
    async stop() {
      await Promise.all([subscription.close(), backfills.stop(), housekeeping.stop()]);
      await collector.idle();
    },
  };
}

/** The live view. Not waited for: a cache that is slow or away must not hold up the log. */
function publish({ cache, metrics, now = Date.now }: AggregatorDependencies, hourly: readonly HourlyRow[]): void {
  const entries = liveUsageEntries(hourly, now());
  if (entries.length === 0) return;
  cache.putVersioned(entries).catch(() => metrics.cacheErrors.inc());
}

/** Raw events lie in one partition per day of arrival; each day is made before the first batch that needs it. */
function createDayKeeper(pool: Pool): (batches: readonly RecordBatch[]) => Promise<void> {
  const known = new Set<string>();
  return async (batches) => {
    const days = new Set(
      batches.flatMap((batch) => batch.records.map((record) => record.appendedAt.toISOString().slice(0, 10))),
    );
    for (const day of days) {
      if (known.has(day)) continue;
      await inTransaction(pool, (tx) => ensureUsageEventsDay(tx, day));
      known.add(day);
    }
  };
}
