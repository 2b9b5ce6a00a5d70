import { addDays } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { dueOfSubscription, readBilled } from '../collect/collect.ts';
import { readSubscriptions } from '../collect/read-subscriptions.ts';
import type { BilledUnit, DueWindow } from '../due/due-units.ts';
import { nextDueOn } from '../due/due-units.ts';
import { lockMaybeDue, type MaybeDue, type ZoneDate } from '../store/lock-maybe-due.ts';
import { updateDueFrom } from '../store/update-due-from.ts';

/** What of an organization is over and not billed falls due in this window (local dates). */
export interface Overdue {
  readonly organizationId: number;
  readonly endsAfter: string;
  readonly endsUntil: string;
}

/** A zone's date with the instant (epoch milliseconds) by which something fell due whose grace is over. */
export interface ZoneNow extends ZoneDate {
  readonly endedBy: number;
}

const LOOK_AT = 2_000;

/**
 * Organizations with something due and not billed. Asked as a run asks, subscription by subscription: those that have nothing due are put
 * off to their next border, so that the next look is at others. What is left for later looks is looked at then.
 */
export async function findOverdue(tx: Transaction, zones: readonly ZoneNow[], lookAt = LOOK_AT): Promise<Overdue[]> {
  const maybe = await lockMaybeDue(tx, zones, lookAt);
  const overdue: Overdue[] = [];
  for (const [organizationId, group] of Map.groupBy(maybe, (one) => one.organizationId)) {
    const endsAfter = addDays(group.map(({ dueFrom }) => dueFrom).sort()[0] as string, -1);
    if (await isAnyDue(tx, organizationId, group, zones, endsAfter)) {
      const endsUntil = zones
        .filter((zone) => zone.organizationId === organizationId)
        .map(({ overUntil }) => overUntil);
      overdue.push({ organizationId, endsAfter, endsUntil: endsUntil.sort().at(-1) as string });
    }
  }
  return overdue;
}

/** Puts off those that have nothing due. */
async function isAnyDue(
  tx: Transaction,
  organizationId: number,
  group: readonly MaybeDue[],
  zones: readonly ZoneNow[],
  endsAfter: string,
): Promise<boolean> {
  const subscriptionIds = group.map(({ subscriptionId }) => subscriptionId);
  const zoneOf = new Map(group.map((one) => [one.subscriptionId, zones[one.zone] as ZoneNow]));
  const subscriptions = await readSubscriptions(tx, organizationId, { subscriptionIds });
  const billed = await readBilled(tx, organizationId, subscriptions, { endsAfter });
  const putOff = new Map<string, string | null>();
  for (const subscription of subscriptions) {
    const { subscriptionId } = subscription;
    const { overUntil, endedBy } = zoneOf.get(subscriptionId) as ZoneNow;
    const own = billed.get(subscriptionId) ?? [];
    if (!hasDue(subscription, own, { endsAfter, endsUntil: overUntil, endedBy, backdated: false }))
      putOff.set(subscriptionId, nextDueOn(subscription, overUntil));
  }
  await updateDueFrom(tx, organizationId, putOff);
  return putOff.size < group.length;
}

/** What cannot even be looked at is due: the run parks it with the reason. */
function hasDue(
  subscription: Parameters<typeof dueOfSubscription>[0],
  billed: readonly BilledUnit[],
  window: DueWindow,
): boolean {
  try {
    const { units, credits } = dueOfSubscription(subscription, billed, window);
    return units.length + credits.length > 0;
  } catch {
    return true;
  }
}
