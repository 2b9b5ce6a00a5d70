import { localDateAt, startOfLocalDay } from '#libs/catalog/billing-period.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { daysBetween } from '#libs/pricing/quote/days-between.ts';
import type { UnitKey } from './due-unit.ts';
import { type BilledUnit, type DueWindow, knowingTheZone } from './due-units.ts';
import { stretchPricedBy } from './stretch-priced-by.ts';
import { type Stretch, stretchesOf } from './stretches.ts';

/** The share of a fee billed in advance that is not used, because the subscription ended, paused or changed before its period did. */
export interface DueCredit {
  /** As it is billed. */
  readonly unit: UnitKey;
  /** Instant up to which it stays billed; the unit's own beginning: none of it. */
  readonly keptUntil: string;
  /** Local date from which it is not used. */
  readonly dueOn: string;
  /** Local days, of those and of the whole unit. */
  readonly days: number;
  readonly unitDays: number;
  /** What the unit was billed at. */
  readonly amount: string;
  readonly description: string;
  readonly currency: string;
  readonly timeZone: string;
  /** Null: it was skipped, and only its days are freed. */
  readonly invoiceId: string | null;
}

/** What a subscription is to get back. A fee that is not prorated stays billed for its whole period. */
export function dueCredits(subscription: Subscribed, billed: readonly BilledUnit[], window: DueWindow): DueCredit[] {
  const fees = billed.filter(
    ({ subscriptionId, kind }) => subscriptionId === subscription.subscriptionId && kind === 'fee',
  );
  if (fees.length === 0) return [];
  return knowingTheZone(subscription, () => {
    const byKey = Map.groupBy(stretchesOf(subscription), ({ chargeKey }) => chargeKey);
    return fees.flatMap((unit) => {
      const credit = creditOf(subscription, unit, byKey.get(unit.chargeKey) ?? []);
      return credit && isDue(credit, window) ? [credit] : [];
    });
  });
}

function creditOf(subscription: Subscribed, unit: BilledUnit, stretches: readonly Stretch[]): DueCredit | undefined {
  const { timeZone } = subscription;
  // None: the change by whose terms it was billed was superseded on its first day.
  const stretch = stretches.find(({ changeId }) => changeId === unit.changeId);
  if (stretch && (stretch.billing !== 'in_advance' || stretch.endsOn === null)) return undefined;
  const priced = stretch && unit.pricedBy !== null ? stretchPricedBy(subscription, stretch, unit.pricedBy) : stretch;
  const { prorate, name } = ((priced ?? stretches[0])?.charge.terms ?? {}) as { prorate?: unknown; name?: unknown };
  if (prorate === false) return undefined;
  const end = stretch ? startOfLocalDay(stretch.endsOn as string, timeZone) : unit.from;
  if (end >= unit.to) return undefined;
  const kept = Math.max(end, unit.from);
  const [from, until, to] = [unit.from, kept, unit.to].map((at) => localDateAt(at, timeZone)) as [
    string,
    string,
    string,
  ];
  return {
    unit: {
      subscriptionId: unit.subscriptionId,
      chargeKey: unit.chargeKey,
      kind: unit.kind,
      serviceFrom: instantText(unit.from),
      serviceTo: instantText(unit.to),
    },
    keptUntil: instantText(kept),
    dueOn: until,
    days: daysBetween(until, to),
    unitDays: daysBetween(from, to),
    amount: unit.amount,
    description: typeof name === 'string' ? name : unit.chargeKey,
    currency: subscription.currency,
    timeZone,
    invoiceId: unit.invoiceId,
  };
}

const isDue = ({ dueOn, keptUntil }: DueCredit, { endsAfter, endsUntil, endedBy }: DueWindow): boolean =>
  dueOn > endsAfter && dueOn <= endsUntil && Date.parse(keptUntil) <= endedBy;

/** As Temporal writes it: without a fraction. */
const instantText = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
