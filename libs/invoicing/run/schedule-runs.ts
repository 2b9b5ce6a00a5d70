import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { insertBillingRun, SCHEDULE } from '../store/insert-billing-run.ts';
import { tryLockSchedule } from '../store/lock-schedule.ts';
import { selectNow } from '../store/select-now.ts';
import { selectZones, type ZoneOfOrganization } from '../store/select-zones.ts';
import { findOverdue, type ZoneNow } from './find-overdue.ts';

/**
 * Queues a run for every organization with periods that are over and not billed, however long ago: nobody has to be awake at
 * midnight, and what was missed is caught up. Only pokes: what a run bills it finds out itself.
 */
export function scheduleRuns(pool: Pool, clock: () => number): Promise<BillingRun[]> {
  return inTransaction(pool, async (tx) => {
    if (!(await tryLockSchedule(tx))) return [];
    const now = await selectNow(tx);
    const zones = (await selectZones(tx)).map((zone) => zoneDate(zone, now));
    const queued: BillingRun[] = [];
    for (const { organizationId, endsAfter, endsUntil } of await findOverdue(tx, zones)) {
      const wanted = { organizationId, id: uuidv7(clock()), endsAfter, endsUntil, requestedBy: SCHEDULE };
      queued.push(await insertBillingRun(tx, wanted));
    }
    return queued;
  });
}

/** Periods that end on or before the local date of "now − grace" are over. A zone that is not known here is left to the run, which parks. */
function zoneDate(zone: ZoneOfOrganization, now: number): ZoneNow {
  const { organizationId, timeZone, graceMinutes } = zone;
  const common = { organizationId, timeZone, graceMinutes, endedBy: now - graceMinutes * 60_000 };
  try {
    return { ...common, overUntil: localDateAt(common.endedBy, timeZone) };
  } catch {
    return { ...common, overUntil: addDays(localDateAt(common.endedBy, 'UTC'), -1) };
  }
}
