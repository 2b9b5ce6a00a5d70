import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { dropUsageEventsBefore } from '../store/drop-usage-events-before.ts';
import { lockCatalogExclusive } from '../store/lock-catalog-exclusive.ts';
import { selectRawDays } from '../store/select-raw-days.ts';
import { takeHousekeeping } from '../store/take-housekeeping.ts';

const DAY = 86_400_000;

/**
 * Drops the days of raw events that ended more than `rawDays` ago; tells how many. `now`: epoch milliseconds. One process at a time.
 * @throws SQLSTATE 55P03 when the lock is not had within 2 s: try again later.
 */
export async function dropRawDays(pool: Pool, rawDays: number, now: number): Promise<number> {
  const first = new Date(now - rawDays * DAY).toISOString().slice(0, 10);
  return inTransaction(pool, async (tx) => {
    if (!(await takeHousekeeping(tx))) return 0;
    if (!(await selectRawDays(tx, null)).some((day) => day < first)) return 0;
    // A day cannot be dropped while somebody reads raw events; batches are kept out so that none waits half done.
    await lockCatalogExclusive(tx);
    return dropUsageEventsBefore(tx, first);
  });
}
