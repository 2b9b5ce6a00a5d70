import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { WAITS_DAYS } from '../collect/collect-late.ts';
import { CORRECTION_DAYS } from '../collect/late-days.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { insertBillingRun, SCHEDULE } from '../store/insert-billing-run.ts';
import { selectLateOrganizations } from '../store/select-late-organizations.ts';
import { selectZones, type ZoneOfOrganization } from '../store/select-zones.ts';
import { findOverdue, type ZoneNow } from './find-overdue.ts';

/** Whose runs are queued. */
export interface DueOf {
  /** Null: of everybody. */
  readonly organizationId: number | null;
  /** How many subscriptions are looked at; left out: as many as one look takes. */
  readonly lookAt?: number;
}

/**
 * Queues a run for every organization with periods that are over and not billed, and one that looks for late usage where nobody has within a
 * day; each by the organization's own clock. Whoever calls holds the lock of the schedule.
 */
export async function queueDueRuns(
  tx: Transaction,
  clock: () => number,
  { organizationId, lookAt }: DueOf,
): Promise<BillingRun[]> {
  const zones = (await selectZones(tx, organizationId)).map(zoneDate);
  const queued: BillingRun[] = [];
  for (const { organizationId, endsAfter, endsUntil } of await findOverdue(tx, zones, lookAt)) {
    const wanted = { organizationId, id: uuidv7(clock()), endsAfter, endsUntil, requestedBy: SCHEDULE };
    queued.push(await insertBillingRun(tx, wanted));
  }
  const late = { correctionDays: CORRECTION_DAYS, waitsDays: WAITS_DAYS, organizationId };
  for (const { organizationId, days, now } of await selectLateOrganizations(tx, late)) {
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
}

/** Periods that end on or before the local date of "now − grace" are over. A zone that is not known here is left to the run, which parks. */
function zoneDate(zone: ZoneOfOrganization): ZoneNow {
  const { organizationId, timeZone, graceMinutes, now } = zone;
  const common = { organizationId, timeZone, graceMinutes, endedBy: now - graceMinutes * 60_000 };
  try {
    return { ...common, overUntil: localDateAt(common.endedBy, timeZone) };
  } catch {
    return { ...common, overUntil: addDays(localDateAt(common.endedBy, 'UTC'), -1) };
  }
}
