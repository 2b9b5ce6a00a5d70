import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { WAITS_DAYS } from '../collect/collect-late.ts';
import { CORRECTION_DAYS } from '../collect/late-days.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { insertBillingRun, SCHEDULE } from '../store/insert-billing-run.ts';
import { tryLockSchedule } from '../store/lock-schedule.ts';
import { selectLateOrganizations } from '../store/select-late-organizations.ts';
import { selectNow } from '../store/select-now.ts';
import { selectZones, type ZoneOfOrganization } from '../store/select-zones.ts';
import { findOverdue, type ZoneNow } from './find-overdue.ts';

/**
 * Queues a run for every organization with periods that are over and not billed, however long ago: nobody has to be awake at
 * midnight, and what was missed is caught up. Once a day it has someone look for late usage of customers who have nothing due soon. Only
 * pokes: what a run bills it finds out itself.
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
    for (const { organizationId, days } of await selectLateOrganizations(tx, {
      correctionDays: CORRECTION_DAYS,
      waitsDays: WAITS_DAYS,
    })) {
      if (queued.some((run) => run.organizationId === organizationId)) continue;
      const today = localDateAt(now, 'UTC');
      const window = { endsAfter: addDays(today, -days), endsUntil: addDays(today, 1) };
      const wanted = {
        organizationId,
        id: uuidv7(clock()),
        ...window,
        requestedBy: SCHEDULE,
        purpose: 'late' as const,
      };
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
