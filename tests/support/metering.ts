import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { RecordBatch } from '#libs/event-log/event-log.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { encodeCorrection, encodeEvent } from '#libs/events/record.ts';
import { type ApplyDependencies, type ApplyStep, applyBatch } from '#libs/metering/apply/apply-batch.ts';
import { preparePartitions } from '#libs/metering/apply/prepare-partitions.ts';
import { dayOf } from '#libs/metering/day-of.ts';
import { advanceCatalogVersion } from '#libs/metering/store/advance-catalog-version.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';
import { insertMeter, type NewMeter } from '#libs/metering/store/insert-meter.ts';
import { lockCatalogExclusive } from '#libs/metering/store/lock-catalog-exclusive.ts';
import { createTestDatabase } from './database.ts';

export const ORGANIZATION = 1;
const PARTITIONS = [0, 1, 2];
export const ARRIVAL = new Date('2026-11-02T08:00:00Z');
export const HOUR_START = Date.parse('2026-11-02T06:00:00Z');

/** What a log can hold; a buffer stands for what is no record. */
type LogValue = UsageEvent | Correction | Buffer;

export type TestMetering = Awaited<ReturnType<typeof startMetering>>;

/** A database with two organizations, to which batches are applied as the aggregator does. */
export async function startMetering() {
  const database = await createTestDatabase();
  const owner = database.pool('owner');
  const worker = database.pool('tollbook_worker');
  await owner.query("INSERT INTO organizations (id, name) VALUES (1, 'one'), (2, 'two')");
  return {
    database,
    owner,
    worker,
    apply: await createApplier(worker),
    /** Makes a meter of ORGANIZATION: a count of the events that `usageEvent` makes, unless told otherwise. */
    meter: (definition: Partial<NewMeter> & Pick<NewMeter, 'key'>): Promise<number> =>
      inTransaction(owner, async (tx) => {
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
        return meter.id;
      }),
    /** Empties what batches wrote; meters stay. */
    async clear(): Promise<void> {
      await owner.query(`TRUNCATE event_keys, usage_events, usage_hourly, usage_unique, unread_events, event_corrections, event_conflicts, dead_letters,
                                  record_counts, meter_counts, meter_backfills, log_offsets`);
      await preparePartitions(worker, PARTITIONS, []);
    },
    /** The next offset of a partition that is to be applied. */
    async nextOffset(partition: number): Promise<bigint> {
      const { rows } = await owner.query('SELECT next_offset FROM log_offsets WHERE partition = $1', [partition]);
      return BigInt(rows[0].next_offset);
    },
    /** How many records of each outcome. */
    async counts(): Promise<Record<string, number>> {
      const { rows } = await owner.query(
        'SELECT outcome, sum(records)::integer AS records FROM record_counts GROUP BY 1 ORDER BY 1',
      );
      return Object.fromEntries(rows.map((row) => [row.outcome, row.records]));
    },
  };
}

async function createApplier(worker: Pool) {
  const dependencies: ApplyDependencies = { pool: worker, catalog: {}, knownSources: new Set() };
  const days = new Map<string, Promise<void>>();
  const prepareDay = (at: Date): Promise<void> => {
    const day = dayOf(at.getTime());
    const prepared = days.get(day) ?? inTransaction(worker, (tx) => ensureUsageEventsDay(tx, day));
    days.set(day, prepared);
    return prepared;
  };
  await preparePartitions(worker, PARTITIONS, []);
  // Some tests call the product themselves, with records of this day.
  await prepareDay(ARRIVAL);
  return async (batches: readonly RecordBatch[], checkpoint?: (step: ApplyStep) => Promise<void>) => {
    for (const { records } of batches) for (const { appendedAt } of records) await prepareDay(appendedAt);
    return applyBatch({ ...dependencies, ...(checkpoint && { checkpoint }) }, batches);
  };
}

/** For tests to which it is all one where in the log a record lies: applies values to partition 0, each call behind the one before. */
export async function createFeed(worker: Pool) {
  const apply = await createApplier(worker);
  let next = 0n;
  return async (organizationId: number, values: readonly LogValue[], appendedAt?: Date): Promise<void> => {
    const batch = batchOf(0, next, values, appendedAt, organizationId);
    next += BigInt(values.length);
    await apply([batch]);
  };
}

export type Feed = Awaited<ReturnType<typeof createFeed>>;

export const usageEvent = (id: string, over: Partial<UsageEvent> = {}): UsageEvent => ({
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

export const correctionOf = (
  id: string,
  kind: Correction['kind'],
  changes: Correction['changes'] = {},
): Correction => ({
  kind,
  id,
  source: '',
  correctionId: `${kind} ${id} ${JSON.stringify(changes)}`,
  reason: 'test',
  actor: 'test',
  changes,
});

/** Part of a partition as a log would hold it. */
export const batchOf = (
  partition: number,
  from: bigint,
  values: readonly LogValue[],
  appendedAt = ARRIVAL,
  organizationId = ORGANIZATION,
): RecordBatch => ({
  partition,
  records: values.map((value, i) => ({ offset: from + BigInt(i), appendedAt, value: encode(organizationId, value) })),
});

function encode(organizationId: number, value: LogValue): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return 'kind' in value ? encodeCorrection(organizationId, value) : encodeEvent(organizationId, value);
}
