import { createPool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { RecordBatch } from '#libs/event-log/event-log.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { applyBatch } from '#libs/metering/apply/apply-batch.ts';
import { preparePartitions } from '#libs/metering/apply/prepare-partitions.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';
import { BENCH_ORGANIZATION, encode, storedBatches } from './records.ts';

/** The aggregator's whole transaction on a database, without a log before it. */
export interface Applier {
  /** Events go into a log partition one after the other; made before the clock starts. */
  prepare(events: readonly UsageEvent[]): RecordBatch[];
  apply(batches: readonly RecordBatch[]): Promise<void>;
  end(): Promise<void>;
}

export async function createApplier(databaseUrl: string): Promise<Applier> {
  const pool = createPool({
    connectionString: databaseUrl,
    role: 'tollbook_worker',
    applicationName: 'bench',
    max: 1,
  });
  await createBenchMeter(databaseUrl);
  const dependencies = { pool, catalog: {}, knownSources: new Set<string>() };
  const partition = 0;
  let next = 0n;
  await preparePartitions(pool, [partition], []);
  return {
    prepare(events) {
      const from = next;
      next += BigInt(events.length);
      return storedBatches(events.map(encode), new Date()).map((records) => ({
        partition,
        records: records.map((record) => ({ ...record, offset: record.offset + from })),
      }));
    },
    async apply(batches) {
      const day = new Date().toISOString().slice(0, 10);
      await inTransaction(pool, (tx) => ensureUsageEventsDay(tx, day));
      for (const batch of batches) {
        const { after, outcomes } = await applyBatch(dependencies, [batch]);
        const { counted = 0 } = outcomes;
        if (counted !== batch.records.length)
          throw new Error(
            `WRONG: ${counted} of ${batch.records.length} new events were counted: ${JSON.stringify({ outcomes, halt: [...after.values()].map(String) })}`,
          );
      }
    },
    end: () => pool.end(),
  };
}

/** Without a meter an event is kept and not counted. */
async function createBenchMeter(databaseUrl: string): Promise<void> {
  const owner = createPool({ connectionString: databaseUrl, role: 'owner', applicationName: 'bench', max: 1 });
  await owner.query("INSERT INTO organizations (id, name) VALUES ($1, 'Bench')", [BENCH_ORGANIZATION]);
  await owner.query(
    `INSERT INTO meters (organization_id, key, name, event_type, aggregation, started_at_log)
     VALUES ($1, 'requests', 'Requests', 'api.request', 'count', '{"epoch":1,"offsets":{}}')`,
    [BENCH_ORGANIZATION],
  );
  await owner.end();
}
