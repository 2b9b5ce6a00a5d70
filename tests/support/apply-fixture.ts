import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { RecordBatch } from '#libs/event-log/event-log.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { encodeCorrection, encodeEvent } from '#libs/events/record.ts';
import { type ApplyDependencies, type ApplyStep, applyBatch } from '#libs/metering/apply/apply-batch.ts';
import { preparePartitions } from '#libs/metering/apply/prepare-partitions.ts';
import { advanceCatalogVersion } from '#libs/metering/store/advance-catalog-version.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';
import { insertMeter, type NewMeter } from '#libs/metering/store/insert-meter.ts';
import { lockCatalogExclusive } from '#libs/metering/store/lock-catalog-exclusive.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** For tests: a database with an organization, and the aggregator's transaction on hand-made batches. */
export const ORGANIZATION = 1;
export const ARRIVAL = new Date('2026-11-02T08:00:00Z');
export const HOUR_START = Date.parse('2026-10-05T10:00:00Z');

export interface ApplyFixture {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly owner: Pool;
  readonly dependencies: ApplyDependencies;
  /** Empties what batches wrote; meters stay. */
  clear(): Promise<void>;
  meter(definition: Partial<NewMeter> & Pick<NewMeter, 'key'>): Promise<number>;
  apply(
    batches: readonly RecordBatch[],
    checkpoint?: (step: ApplyStep) => Promise<void>,
  ): ReturnType<typeof applyBatch>;
}

export async function createApplyFixture(): Promise<ApplyFixture> {
  const database = await createTestDatabase();
  const pool = database.pool('tollbook_worker');
  const owner = database.pool('owner');
  await owner.query("INSERT INTO organizations (id, name) VALUES (1, 'one'), (2, 'two')");
  await inTransaction(pool, (tx) => ensureUsageEventsDay(tx, ARRIVAL.toISOString().slice(0, 10)));
  await preparePartitions(pool, [0, 1, 2], []);
  const dependencies: ApplyDependencies = { pool, catalog: {}, knownSources: new Set() };
  return {
    database,
    pool,
    owner,
    dependencies,
    async clear() {
      await owner.query(`TRUNCATE event_keys, usage_events, usage_hourly, usage_unique, unread_events, event_corrections, event_conflicts, dead_letters,
                                  record_counts, meter_counts, meter_backfills, log_offsets`);
      await preparePartitions(pool, [0, 1, 2], []);
    },
    async meter(definition) {
      const { id } = await inTransaction(owner, async (tx) => {
        await lockCatalogExclusive(tx);
        await advanceCatalogVersion(tx);
        const meter = await insertMeter(tx, ORGANIZATION, {
          version: 1,
          name: definition.key,
          event_type: 'call',
          aggregation: 'count',
          group_by: [],
          filter: [],
          effective_from: null,
          ...definition,
        });
        if (!meter) throw new Error(`meter ${definition.key} exists`);
        return meter;
      });
      return id;
    },
    apply: (batches, checkpoint) => applyBatch({ ...dependencies, ...(checkpoint && { checkpoint }) }, batches),
  };
}

export const testEvent = (id: string, over: Partial<UsageEvent> = {}): UsageEvent => ({
  id,
  source: '',
  type: 'call',
  customer: 'acme',
  subscription: '',
  time: HOUR_START,
  timeGiven: true,
  properties: { bytes: '1.5', region: 'eu' },
  ...over,
});

export const testCorrection = (
  id: string,
  kind: Correction['kind'],
  changes: Correction['changes'] = {},
  over: Partial<Correction> = {},
): Correction => ({
  kind,
  id,
  source: '',
  correctionId: `${kind} ${id} ${JSON.stringify(changes)}`,
  reason: 'wrong',
  actor: 'test',
  changes,
  ...over,
});

/** A partition as a log would hold it. */
export function batchOf(
  partition: number,
  from: bigint,
  values: readonly (UsageEvent | Correction | Buffer)[],
  appendedAt: Date = ARRIVAL,
): RecordBatch {
  return {
    partition,
    records: values.map((value, i) => ({ offset: from + BigInt(i), appendedAt, value: encode(value) })),
  };
}

function encode(value: UsageEvent | Correction | Buffer): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return 'kind' in value ? encodeCorrection(ORGANIZATION, value) : encodeEvent(ORGANIZATION, value);
}
