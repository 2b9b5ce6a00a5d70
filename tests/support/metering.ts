import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { RecordBatch } from '#libs/event-log/event-log.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { encodeCorrection, encodeEvent } from '#libs/events/record.ts';
import { type ApplyDependencies, applyBatch } from '#libs/metering/apply/apply-batch.ts';
import { preparePartitions } from '#libs/metering/apply/prepare-partitions.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';
import { createTestDatabase } from './database.ts';

export const ARRIVAL = new Date('2026-11-02T08:00:00Z');
export const HOUR = Date.parse('2026-11-02T06:00:00Z');

/** Applies batches as the aggregator would, to partitions 0 to 2 of any database. `pool`: of the worker role. */
export async function createApplier(pool: Pool) {
  await preparePartitions(pool, [0, 1, 2], []);
  const catalog: ApplyDependencies['catalog'] = {};
  const ensured = new Map<string, Promise<void>>();
  const ensureDay = (day: string): Promise<void> => {
    const known = ensured.get(day) ?? inTransaction(pool, (tx) => ensureUsageEventsDay(tx, day));
    ensured.set(day, known);
    return known;
  };
  return async (...batches: RecordBatch[]) => {
    const days = batches.flatMap(({ records }) => records.map((r) => r.appendedAt.toISOString().slice(0, 10)));
    for (const day of new Set(days)) await ensureDay(day);
    return applyBatch({ pool, catalog, knownSources: new Set() }, batches);
  };
}

/** A database that batches can be applied to: two organizations, and of the first one three meters of events of type `call`. */
export async function startMetering() {
  const database = await createTestDatabase();
  const owner = database.pool('owner');
  const worker = database.pool('tollbook_worker');
  await owner.query("INSERT INTO organizations (id, name) VALUES (1, 'one'), (2, 'two')");
  await owner.query(`INSERT INTO meters (organization_id, key, name, event_type, aggregation, value_property, group_by, started_at_log)
    SELECT m.*, '{"epoch": 1, "offsets": {}}' FROM (VALUES (1, 'calls', 'Calls', 'call', 'count', NULL, '{}'::text[]),
      (1, 'bytes', 'Bytes', 'call', 'sum', 'bytes', '{region}'), (1, 'largest', 'Largest', 'call', 'max', 'bytes', '{}'),
      (1, 'regions', 'Regions', 'call', 'unique', 'region', '{}')) AS m`);
  return {
    database,
    owner,
    worker,
    apply: await createApplier(worker),
    /** Offsets of the log that are applied, by partition. */
    async applied(): Promise<Map<number, bigint>> {
      const { rows } = await owner.query('SELECT partition, next_offset FROM log_offsets');
      return new Map(rows.map((row) => [row.partition as number, BigInt(row.next_offset)]));
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

export type TestMetering = Awaited<ReturnType<typeof startMetering>>;

export const usageEvent = (id: string, over: Partial<UsageEvent> = {}): UsageEvent => ({
  id,
  source: '',
  type: 'call',
  customer: 'acme',
  subscription: '',
  time: HOUR,
  timeGiven: true,
  properties: { bytes: '1.5', region: 'eu' },
  ...over,
});

export const voidOf = (id: string): Correction => ({
  kind: 'void',
  id,
  source: '',
  correctionId: `void ${id}`,
  reason: 'test',
  actor: 'test',
  changes: {},
});

/** A partition as a log would hold it. */
export function batchOf(
  partition: number,
  from: bigint,
  values: readonly (UsageEvent | Correction | Buffer)[],
  { appendedAt = ARRIVAL, organizationId = 1 }: { appendedAt?: Date; organizationId?: number } = {},
): RecordBatch {
  const encode = (value: UsageEvent | Correction | Buffer): Buffer => {
    if (Buffer.isBuffer(value)) return value;
    return 'kind' in value ? encodeCorrection(organizationId, value) : encodeEvent(organizationId, value);
  };
  return {
    partition,
    records: values.map((value, i) => ({ offset: from + BigInt(i), appendedAt, value: encode(value) })),
  };
}
