import { addDays, type Cycle, INTERVALS, type Interval, type Term } from '#libs/catalog/billing-period.ts';
import { overridden } from '#libs/catalog/overrides.ts';
import { type Segment, segmentsOf } from '#libs/catalog/segments.ts';
import { planOf, type Subscribed, type SubscribedPlan } from '#libs/catalog/subscribed.ts';
import { type DueUnit, type PricedBy, type UnitKind, WHOLE_PLAN } from './due-unit.ts';

/** A time in which one charge of a subscription stays the same: each is rated alone, and its tiers begin anew. */
export interface Stretch extends Term {
  readonly chargeKey: string;
  readonly kind: UnitKind;
  readonly billing: 'in_arrears' | 'in_advance' | 'once';
  readonly cycle: Cycle;
  /** The change that it begins with. */
  readonly changeId: string;
  /** Left out where the plan of that change prices it. */
  readonly pricedBy?: PricedBy;
  /** For messages. */
  readonly plan: string;
  readonly charge: DueUnit['charge'];
  readonly quantity: string | null;
}

/** How a charge is billed, as far as its terms can be read; what is wrong with them is told when they are priced. */
interface LooseTerms {
  readonly billing?: unknown;
  readonly every?: unknown;
  readonly quantity?: unknown;
}

/**
 * The times in which each charge, and the minimum of the plan, stays the same. A change that leaves a charge as it is does not cut it: seats
 * that are added do not make tiers of usage begin anew. While a subscription is paused it has none.
 */
export function stretchesOf(subscription: Subscribed): Stretch[] {
  const found = new Map<string, Stretch[]>();
  for (const segment of segmentsOf(subscription.changes, subscription.endsOn)) {
    if (segment.paused) continue;
    for (const next of inSegment(subscription, segment)) {
      const before = found.get(`${next.kind} ${next.chargeKey}`) ?? [];
      const last = before.at(-1);
      if (last && last.endsOn === next.startsOn && isSame(last, next))
        before[before.length - 1] = { ...last, endsOn: next.endsOn };
      // What is charged once was charged with the first plan that has it.
      else if (next.billing !== 'once' || last === undefined) before.push(next);
      found.set(`${next.kind} ${next.chargeKey}`, before);
    }
  }
  return [...found.values()].flat().flatMap((stretch) => afterTrial(subscription, stretch));
}

/** What a plan, its own unless another is given, makes of a segment. */
export function inSegment(
  subscription: Subscribed,
  segment: Segment,
  plan: SubscribedPlan = planOf(subscription, segment.planId),
): Stretch[] {
  const common = {
    startsOn: segment.startsOn,
    endsOn: segment.endsOn,
    timeZone: subscription.timeZone,
    changeId: segment.changeId,
    plan: `"${plan.key}", version ${plan.version}`,
  };
  const cycleOf = (every: unknown): Cycle => ({
    interval: INTERVALS.includes(every as Interval) ? (every as Interval) : plan.interval,
    anchor: subscription.anchor,
  });
  const stretches = plan.charges.map(({ key, position, terms: planned, meter }): Stretch => {
    const terms = overridden(planned, segment.overrides[key]);
    const { billing, every, quantity } = (terms ?? {}) as LooseTerms;
    return {
      ...common,
      chargeKey: key,
      kind: meter === null ? 'fee' : 'usage',
      billing: billing === 'in_advance' || billing === 'once' ? billing : 'in_arrears',
      cycle: cycleOf(every),
      charge: { position, terms, meter },
      quantity: typeof quantity === 'string' ? (segment.quantities[quantity] ?? null) : null,
    };
  });
  return plan.minimumAmount === null ? stretches : [...stretches, minimumOf(plan, common, cycleOf(undefined))];
}

function minimumOf(
  plan: SubscribedPlan,
  common: Pick<Stretch, 'startsOn' | 'endsOn' | 'timeZone' | 'changeId' | 'plan'>,
  cycle: Cycle,
): Stretch {
  const terms = { name: `Minimum for ${plan.name}`, minimum_amount: plan.minimumAmount };
  const charge = { position: plan.charges.length, terms, meter: null };
  return { ...common, chargeKey: WHOLE_PLAN, kind: 'commitment', billing: 'in_arrears', cycle, charge, quantity: null };
}

/** The plan version counts too: by another one usage is rated alone, whatever it says. */
const isSame = (one: Stretch, other: Stretch): boolean =>
  one.plan === other.plan &&
  one.quantity === other.quantity &&
  JSON.stringify(one.charge.terms) === JSON.stringify(other.charge.terms);

/** A trial covers fees and minimums, and usage where it is free. */
function afterTrial({ startsOn, trialDays, trialUsage }: Subscribed, stretch: Stretch): Stretch[] {
  if (trialDays === 0 || (stretch.kind === 'usage' && trialUsage === 'billed')) return [stretch];
  const paysFrom = addDays(startsOn, trialDays);
  if (paysFrom <= stretch.startsOn) return [stretch];
  return stretch.endsOn !== null && stretch.endsOn <= paysFrom ? [] : [{ ...stretch, startsOn: paysFrom }];
}
