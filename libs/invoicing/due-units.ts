import {
  addDays,
  cutPeriod,
  localDateAt,
  periodAround,
  periodBetween,
  periodsBeginningIn,
  periodsEndingIn,
  type ServicePeriod,
  startOfLocalDay,
} from '#libs/catalog/billing-period.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { CannotBill } from './cannot-bill.ts';
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
  readonly invoiceId: string;
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
  // Not what had ended when the subscription was entered, to the instant: dates differ between zones.
  const endsLaterThan = window.backdated ? Number.NEGATIVE_INFINITY : subscription.createdAt;
  const inKnownZone = <T>(work: () => T): T => knowingTheZone(subscription, work);
  return inKnownZone(() =>
    stretchesOf(subscription).flatMap((stretch) => {
      const parts = partsDue(stretch, window).filter(({ period, judgedBy }) => {
        const due = Date.parse(stretch.billing === 'in_arrears' ? period.serviceTo : period.serviceFrom);
        return due <= window.endedBy && judgedBy > endsLaterThan;
      });
      const left = withoutBilled(
        parts.map(({ period }) => period),
        billedOf.get(`${stretch.kind} ${stretch.chargeKey}`) ?? [],
      );
      return left.map((period) => unitOf(subscription, stretch, period));
    }),
  ).sort(byDays);
}

/** The unit that a stretch of a charge makes of a period. */
export function unitOf(subscription: Subscribed, stretch: Stretch, period: ServicePeriod): DueUnit {
  return {
    subscriptionId: subscription.subscriptionId,
    chargeKey: stretch.chargeKey,
    kind: stretch.kind,
    period,
    dueOn: stretch.billing === 'in_arrears' ? period.to : period.from,
    currency: subscription.currency,
    plan: stretch.plan,
    changeId: stretch.changeId,
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

interface Part {
  readonly period: ServicePeriod;
  /** Instant at which it is over: what had ended earlier than its subscription was entered is backdated. */
  readonly judgedBy: number;
}

function partsDue(stretch: Stretch, { endsAfter, endsUntil }: DueWindow): Part[] {
  const { cycle, startsOn, timeZone } = stretch;
  if (stretch.billing !== 'once') {
    const periodsIn = stretch.billing === 'in_advance' ? periodsBeginningIn : periodsEndingIn;
    return periodsIn(stretch, cycle, endsAfter, endsUntil).map((period) => ({
      period,
      judgedBy: Date.parse(period.serviceTo),
    }));
  }
  if (startsOn <= endsAfter || startsOn > endsUntil) return [];
  // Its service is its first day; it is backdated with the period that this day lies in.
  const [from, to] = [startOfLocalDay(startsOn, timeZone), startOfLocalDay(addDays(startsOn, 1), timeZone)];
  const period = periodBetween(new Date(from).toISOString(), new Date(to).toISOString(), timeZone, cycle);
  return [{ period, judgedBy: startOfLocalDay(period.periodTo, timeZone) }];
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
      if (from < to) left.push(cutPeriod(period, localDateAt(from, period.timeZone), localDateAt(to, period.timeZone)));
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

function byDays(one: DueUnit, other: DueUnit): number {
  const [a, b] = [one, other].map(({ period, charge }) => [period.serviceFrom, charge.position] as const) as [
    readonly [string, number],
    readonly [string, number],
  ];
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] - b[1];
}
