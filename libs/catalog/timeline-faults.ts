import type { Charge } from '#libs/pricing/charge-schema.ts';
import { amountsInPlanCurrency } from './amounts-in-plan-currency.ts';
import { overridden, overrideFaults } from './overrides.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { planOf, type Subscribed, type SubscribedPlan } from './subscribed.ts';

/** What keeps a subscription from being billed at some time; the path begins at the request's body. */
export interface TimelineFault {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly detail: string;
}

/**
 * Everything that keeps a subscription from being billed at any time from `from` on. `currencyAt`: where a request chose what decides the
 * currency. `named`: the quantities that the request itself names.
 */
export function timelineFaults(
  subscription: Subscribed,
  {
    from,
    currencyAt,
    named,
  }: { readonly from: string; readonly currencyAt: string; readonly named: readonly string[] },
): TimelineFault[] {
  const segments = segmentsOf(subscription.changes, subscription.endsOn).filter(
    ({ endsOn }) => endsOn === null || endsOn > from,
  );
  const faults = segments.flatMap((segment) => segmentFaults(subscription, segment, currencyAt));
  const priced = new Set(
    segments.flatMap(({ planId }) =>
      planOf(subscription, planId).charges.map(({ terms }) => (terms as Partial<Charge> | null)?.quantity),
    ),
  );
  for (const name of named)
    if (!priced.has(name))
      faults.push({
        path: ['quantities', name],
        code: 'unknown_quantity',
        detail: 'is priced by no charge of the plan',
      });
  return [...new Map(faults.map((fault) => [`${fault.path.join('/')} ${fault.detail}`, fault])).values()];
}

function segmentFaults(subscription: Subscribed, segment: Segment, currencyAt: string): TimelineFault[] {
  const plan = planOf(subscription, segment.planId);
  const faults = Object.keys(segment.overrides).flatMap((key): TimelineFault[] =>
    plan.charges.some((charge) => charge.key === key)
      ? []
      : [
          {
            path: ['overrides', key],
            code: 'unknown_charge',
            detail: `is for a charge that ${nameOf(plan)} does not have: send the overrides that are to apply`,
          },
        ],
  );
  for (const { key, terms } of plan.charges) {
    const override = segment.overrides[key];
    if (override)
      for (const issue of overrideFaults(terms, override))
        faults.push({ path: ['overrides', key, ...issue.path], code: 'invalid_value', detail: issue.message });
    const { quantity } = (terms ?? {}) as Partial<Charge>;
    if (quantity !== undefined && !Object.hasOwn(segment.quantities, quantity))
      faults.push({
        path: ['quantities', quantity],
        code: 'missing_quantity',
        detail: `is missing: charge "${key}" of ${nameOf(plan)} prices it`,
      });
  }
  return [...faults, ...currencyFaults(subscription.currency, plan, segment, currencyAt)];
}

/** In another currency than its plan's a subscription has only what names that currency: no amount is converted by guess. */
function currencyFaults(currency: string, plan: SubscribedPlan, segment: Segment, at: string): TimelineFault[] {
  const complain = (what: string): TimelineFault => ({
    path: [at],
    code: 'missing_price',
    detail: `${what}, which nothing converts into ${currency}`,
  });
  const inOthers = plan.charges.flatMap(({ key, terms }) => {
    const { prices } = overridden(terms, segment.overrides[key] ?? {}) as Partial<Charge>;
    return prices && !Object.hasOwn(prices, currency) ? [{ key, named: Object.keys(prices).join(', ') }] : [];
  });
  const fixed = plan.currency === currency ? [] : amountsInPlanCurrency(plan, segment.overrides);
  // One amount of a charge is enough to say.
  const told = new Set<string | null>(inOthers.map(({ key }) => key));
  return [
    ...inOthers.map(({ key, named }) => complain(`charge "${key}" of ${nameOf(plan)} has prices in ${named}`)),
    ...fixed.flatMap(({ charge, field }) => {
      if (told.has(charge)) return [];
      told.add(charge);
      const has = field === 'price' ? 'a price' : `its ${field}`;
      const whose = charge === null ? nameOf(plan) : `charge "${charge}" of ${nameOf(plan)}`;
      return [complain(`${whose} has ${has} in ${plan.currency}`)];
    }),
  ];
}

const nameOf = ({ key, version }: SubscribedPlan): string => `plan "${key}", version ${version}`;
