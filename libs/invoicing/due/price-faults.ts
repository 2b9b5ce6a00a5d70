import { inPlanCurrency } from '#libs/catalog/in-plan-currency.ts';
import { segmentsOf } from '#libs/catalog/segments.ts';
import { planOf, type Subscribed, type SubscribedPlan } from '#libs/catalog/subscribed.ts';
import type { BilledUnit } from './due-units.ts';
import { inSegment, type Stretch, stretchesOf } from './stretches.ts';

/** Why something billed cannot be issued anew by the prices of another version of its plan. */
export interface PriceFault {
  readonly code: 'plan_not_active' | 'other_currency' | 'other_period' | 'other_meter' | 'unknown_charge';
  readonly detail: string;
}

/**
 * What keeps billed units of a subscription from having the prices of these versions of its plans (by plan key): each must be counted over the
 * same days, by the same meter and in the same currency. Units that the subscription does not have any more are left to unitAgain.
 */
export function priceFaults(
  subscription: Subscribed,
  units: readonly BilledUnit[],
  current: ReadonlyMap<string, SubscribedPlan>,
): PriceFault[] {
  const stretches = stretchesOf(subscription);
  const segments = segmentsOf(subscription.changes, subscription.endsOn);
  const faults = units.flatMap(({ chargeKey, kind, changeId }): PriceFault[] => {
    const segment = segments.find((one) => one.changeId === changeId);
    const isIt = (one: Stretch) => one.chargeKey === chargeKey && one.kind === kind;
    const stretch = stretches.find((one) => isIt(one) && one.changeId === changeId);
    if (segment === undefined || stretch === undefined) return [];
    const before = planOf(subscription, segment.planId);
    const plan = current.get(before.key);
    if (plan === undefined)
      return [{ code: 'plan_not_active', detail: `No version of plan "${before.key}" is active.` }];
    const fault = currencyFault(subscription, before, plan);
    if (fault) return [fault];
    const override = segment.overrides[chargeKey];
    const planned = plan.charges.find(({ key }) => key === chargeKey);
    const priced = inSegment(subscription, segment, plan).find(isIt);
    // A plan without a minimum asks for nothing; its period is the plan's.
    if (kind === 'commitment')
      return periodFaults('The minimum', stretch, priced?.cycle.interval ?? plan.interval, plan);
    if (priced === undefined || planned === undefined) return [missing(chargeKey, kind, plan)];
    const [fixed] = subscription.currency === plan.currency ? [] : inPlanCurrency(planned.terms, override);
    return [
      ...periodFaults(`Charge "${chargeKey}"`, stretch, priced.cycle.interval, plan, priced.billing),
      ...(priced.charge.meter?.key === stretch.charge.meter?.key ? [] : [otherMeter(chargeKey, stretch, priced, plan)]),
      ...(fixed === undefined ? [] : [notIn(subscription.currency, chargeKey, fixed, plan)]),
    ];
  });
  return [...new Map(faults.map((fault) => [fault.detail, fault])).values()];
}

const nameOf = ({ key, version }: SubscribedPlan): string => `plan "${key}", version ${version}`;

function currencyFault({ currency }: Subscribed, before: SubscribedPlan, plan: SubscribedPlan): PriceFault | undefined {
  if (before.currency !== plan.currency)
    return {
      code: 'other_currency',
      detail: `The current ${nameOf(plan)} is in ${plan.currency}, and the invoice has prices of version ${before.version} in ${before.currency}.`,
    };
  return plan.minimumAmount !== null && plan.currency !== currency
    ? notIn(currency, null, 'minimum_amount', plan)
    : undefined;
}

const notIn = (currency: string, charge: string | null, field: string, plan: SubscribedPlan): PriceFault => ({
  code: 'other_currency',
  detail: `${charge === null ? 'The' : `Charge "${charge}" of the`} current ${nameOf(plan)} has its ${field} in ${plan.currency}, which nothing converts into ${currency}.`,
});

function periodFaults(
  what: string,
  { billing, cycle }: Stretch,
  interval: string,
  plan: SubscribedPlan,
  billed: Stretch['billing'] = billing,
): PriceFault[] {
  if (interval === cycle.interval && billed === billing) return [];
  const told = (rule: string, every: string) => `${rule.replace('_', ' ')}, by the ${every}`;
  return [
    {
      code: 'other_period',
      detail: `${what} of the current ${nameOf(plan)} is billed ${told(billed, interval)}; the invoice bills it ${told(billing, cycle.interval)}.`,
    },
  ];
}

const missing = (chargeKey: string, kind: BilledUnit['kind'], plan: SubscribedPlan): PriceFault => ({
  code: 'unknown_charge',
  detail: `The invoice bills ${kind === 'fee' ? 'the fee' : 'usage by charge'} "${chargeKey}", which the current ${nameOf(plan)} does not have.`,
});

const otherMeter = (chargeKey: string, before: Stretch, now: Stretch, plan: SubscribedPlan): PriceFault => ({
  code: 'other_meter',
  detail: `Charge "${chargeKey}" of the current ${nameOf(plan)} counts meter "${now.charge.meter?.key}", and the invoice "${before.charge.meter?.key}".`,
});
