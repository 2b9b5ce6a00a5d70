import { createPool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { identify } from '#libs/events/identify.ts';
import { HourlyFold, readEvent } from '#libs/metering/hourly.ts';
import { createMeterCatalog } from '#libs/metering/meter.ts';
import { type Candidate, keyOf } from '#libs/metering/sort-out.ts';
import { copyUsageEvents } from '#libs/metering/store/copy-usage-events.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';
import { insertEventKeys } from '#libs/metering/store/insert-event-keys.ts';
import { upsertHourly } from '#libs/metering/store/upsert-hourly.ts';

const BATCH = 5000;

/**
 * The limit the aggregator works against: keys, raw events and hourly rows of the same events, in batches of 5,000, one connection,
 * prepared beforehand, with nothing to decode, to look up or to decide. Events per second.
 */
export async function bareTransactionRate(databaseUrl: string, events: readonly UsageEvent[]): Promise<number> {
  const pool = createPool({ connectionString: databaseUrl, role: 'tollbook_worker', applicationName: 'bench', max: 1 });
  const now = new Date();
  await inTransaction(pool, (tx) => ensureUsageEventsDay(tx, now.toISOString().slice(0, 10)));
  const catalog = createMeterCatalog(1n, [
    {
      organizationId: 9999,
      id: 1,
      key: 'bare',
      eventType: 'api.request',
      aggregation: 'count',
      valueProperty: null,
      groupBy: [],
      effectiveFrom: null,
    },
  ]);
  const batches: { candidates: Candidate[]; fold: HourlyFold }[] = [];
  for (let at = 0; at < events.length; at += BATCH) {
    const fold = new HourlyFold();
    const candidates = events.slice(at, at + BATCH).map((event, i): Candidate => {
      const record = { organizationId: 9999, event, identity: identify(9999, event) };
      const reading = readEvent(record, catalog);
      fold.add(record, reading);
      return { record, reading, place: { partition: 0, offset: BigInt(at + i), receivedAt: now } };
    });
    candidates.sort((a, b) => (keyOf(a.record) < keyOf(b.record) ? -1 : 1));
    batches.push({ candidates, fold });
  }
  const started = performance.now();
  for (const { candidates, fold } of batches) {
    await inTransaction(pool, async (tx) => {
      await insertEventKeys(tx, candidates);
      await copyUsageEvents(tx, candidates, new Map([[0, 1]]));
      await upsertHourly(tx, fold.deltas());
    });
  }
  const rate = events.length / ((performance.now() - started) / 1000);
  await pool.end();
  return rate;
}
