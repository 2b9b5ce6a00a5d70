import {
  addDays,
  cutPeriod,
  localDateAt,
  periodAround,
  periodsIn,
  type ServicePeriod,
  startOfLocalDay,
} from '#libs/catalog/billing-period.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { CannotBill } from '../cannot-bill.ts';
import type { UsageSeen } from '../late/usage-seen.ts';
import type { DueUnit, UnitKind } from './due-unit.ts';
import { type Stretch, stretchesOf } from './stretches.ts';

/** A unit that stands on a live document. */
export interface BilledUnit {
  readonly subscriptionId: string;
  readonly chargeKey: string;
  readonly kind: UnitKind;
  /** Epoch milliseconds, half open. */
  readonly from: number;
  readonly to: number;
  /** On its lines, less what was credited. */
  readonly amount: string;
  readonly changeId: string;
  /** The version of the plan by whose prices it was issued anew; null: the one of that change. */
  readonly pricedBy: string | null;
  /** Null: its document was not made, since all its lines would have been zero. */
  readonly invoiceId: string | null;
  /** What of its usage was seen when it was billed or corrected last. */
  readonly seen: UsageSeen | null;
}

/** What is asked for. */
export interface DueWindow {
  /** Local dates: what falls due after the one and not after the other. */
  readonly endsAfter: string;
  readonly endsUntil: string;
  /** Epoch milliseconds: only what fell due by then, so that its grace had passed when the barrier was noted. */
  readonly endedBy: number;
  /** Whether to bill periods that had ended before the subscription was entered. A run that someone asked for does; the schedule does not. */
  readonly backdated: boolean;
}

/** The unbilled units of a subscription, in the order of their days. @throws CannotBill when its time zone is unknown */
export function dueUnits(subscription: Subscribed, billed: readonly BilledUnit[], window: DueWindow): DueUnit[] {
  const own = billed
    .filter((unit) => unit.subscriptionId === subscription.subscriptionId)
    .sort((one, other) => one.to - other.to);
  const billedOf = Map.groupBy(own, ({ kind, chargeKey }) => `${kind} ${chargeKey}`);
  return knowingTheZone(subscription, () =>
    stretchesOf(subscription).flatMap((stretch) => {
      const billedBefore = billedOf.get(`${stretch.kind} ${stretch.chargeKey}`) ?? [];
      return withoutBilled(partsIn(stretch, window), billedBefore)
        .map((period) => unitOf(subscription, stretch, period))
        .filter((unit) => isDue(subscription, stretch, unit, window));
    }),
  ).sort(byDays);
}

/** Epoch milliseconds: what ended earlier does not bear on what is due in a window. Long charges reach back to where their period began. */
export function billedSince(subscription: Subscribed, { endsAfter }: Pick<DueWindow, 'endsAfter'>): number {
  return knowingTheZone(subscription, () => {
    const begins = stretchesOf(subscription).map(({ cycle }) => periodAround(endsAfter, cycle).from);
    return startOfLocalDay([...begins, endsAfter].sort()[0] as string, subscription.timeZone);
  });
}

/** The unit that a stretch of a charge makes of a period. */
export function unitOf(subscription: Subscribed, stretch: Stretch, period: ServicePeriod): DueUnit {
  return {
    subscriptionId: subscription.subscriptionId,
    chargeKey: stretch.chargeKey,
    kind: stretch.kind,
    period,
    billing: stretch.billing,
    dueOn: stretch.billing === 'in_arrears' ? period.to : period.from,
    currency: subscription.currency,
    plan: stretch.plan,
    changeId: stretch.changeId,
    ...(stretch.pricedBy && { pricedBy: stretch.pricedBy }),
    charge: stretch.charge,
    quantity: stretch.quantity,
  };
}

/** Something falls due at one of these local dates and at no other after the one given; null: nothing is to come. Never too late. */
export function nextDueOn(subscription: Subscribed, after: string): string | null {
  const dates = stretchesOf(subscription).flatMap(({ startsOn, endsOn, cycle }): string[] => {
    if (startsOn > after) return [startsOn];
    if (endsOn !== null && endsOn <= after) return [];
    const border = periodAround(after, cycle).to;
    return [endsOn !== null && endsOn < border ? endsOn : border];
  });
  return dates.sort()[0] ?? null;
}

export function knowingTheZone<T>({ subscriptionId, timeZone }: Subscribed, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CannotBill(
      'unknown_time_zone',
      `Subscription ${subscriptionId} is pinned to time zone "${timeZone}", which is not known here.`,
      { cause: error },
    );
  }
}

/** The periods of a stretch, or the first day of what is charged once, that reach into the window. */
function partsIn(stretch: Stretch, { endsAfter, endsUntil }: DueWindow): ServicePeriod[] {
  const { billing, cycle, startsOn } = stretch;
  const to = addDays(endsUntil, 1);
  if (billing !== 'once') return periodsIn(stretch, cycle, endsAfter, to).filter(hasTime);
  return startsOn >= to ? [] : periodsIn({ ...stretch, endsOn: addDays(startsOn, 1) }, cycle, endsAfter, to);
}

/** Not a day that a zone left out: it has a date and no instant. */
const hasTime = ({ serviceFrom, serviceTo }: ServicePeriod): boolean => serviceFrom < serviceTo;

function isDue(
  { createdAt }: Subscribed,
  { billing, timeZone }: Stretch,
  { dueOn, period }: DueUnit,
  { endsAfter, endsUntil, endedBy, backdated }: DueWindow,
): boolean {
  if (dueOn <= endsAfter || dueOn > endsUntil) return false;
  if (Date.parse(billing === 'in_arrears' ? period.serviceTo : period.serviceFrom) > endedBy) return false;
  if (backdated) return true;
  // Not what had ended when the subscription was entered, to the instant: dates differ between zones. What is charged once ends with its period.
  const ended = billing === 'once' ? startOfLocalDay(period.periodTo, timeZone) : Date.parse(period.serviceTo);
  return ended > createdAt;
}

/** What of the periods is not billed yet. Billed ones may have been cut otherwise; both are in order and without overlap. */
function withoutBilled(periods: readonly ServicePeriod[], billed: readonly BilledUnit[]): ServicePeriod[] {
  let place = 0;
  return periods.flatMap((period) => {
    const [begin, end] = [Date.parse(period.serviceFrom), Date.parse(period.serviceTo)];
    while ((billed[place]?.to ?? Number.POSITIVE_INFINITY) <= begin) place += 1;
    const left: ServicePeriod[] = [];
    let from = begin;
    const leave = (to: number) => {
      if (from === begin && to === end) left.push(period);
      else if (from < to)
        left.push(cutPeriod(period, localDateAt(from, period.timeZone), localDateAt(to, period.timeZone)));
    };
    for (let at = place; from < end; at += 1) {
      const next = billed[at];
      const nextFrom = next?.from ?? end;
      if (next === undefined || nextFrom >= end) break;
      leave(nextFrom);
      from = next.to;
    }
    leave(end);
    return left;
  });
}

function byDays({ period: one, charge: first }: DueUnit, { period: other, charge: second }: DueUnit): number {
  if (one.serviceFrom !== other.serviceFrom) return one.serviceFrom < other.serviceFrom ? -1 : 1;
  return first.position - second.position;
}
