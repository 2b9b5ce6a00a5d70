import { createPool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { claimKeys } from '#libs/metering/store/claim-keys.ts';
import { copyUsageEvents } from '#libs/metering/store/copy-usage-events.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { upsertHourly } from '#libs/metering/store/upsert-hourly.ts';
import { benchCatalog, decodeAndFold, encode, type Folded, storedBatches } from './records.ts';

/**
 * Prepares the limit the aggregator works against: keys, raw events and hourly rows of the same events, in batches of 5,000, one
 * connection, with nothing to decode, to look up or to decide. The function that is returned runs it, once.
 */
export async function prepareBareTransaction(
  databaseUrl: string,
  events: readonly UsageEvent[],
): Promise<() => Promise<void>> {
  const pool = createPool({
    connectionString: databaseUrl,
    role: 'tollbook_worker',
    applicationName: 'bench',
    max: 1,
  });
  const now = new Date();
  const { generations } = await inTransaction(pool, async (tx) => {
    await ensureUsageEventsDay(tx, now.toISOString().slice(0, 10));
    return lockCatalogShared(tx);
  });
  const catalog = benchCatalog();
  const batches = storedBatches(events.map(encode), now).map((records) => rowsOf(decodeAndFold(records, catalog)));
  return async () => {
    for (const { claims, raw, deltas } of batches) {
      await inTransaction(pool, async (tx) => {
        await claimKeys(tx, claims, generations);
        await copyUsageEvents(tx, raw);
        await upsertHourly(tx, deltas, false);
      });
    }
    await pool.end();
  };
}

function rowsOf({ sorted, fold }: Folded) {
  const arrivals = [...sorted.arrivals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, arrival]) => arrival);
  const rows = arrivals.map(({ record, place }) => ({
    organizationId: record.organizationId,
    key: record.identity.key,
    hash: record.hash,
    event: record.event,
    place,
  }));
  return {
    claims: rows.map((row) => ({ ...row, awaited: false })),
    raw: rows.map((row) => ({ ...row, sign: 1 as const, revision: 0 })),
    deltas: fold.deltas(),
  };
}
