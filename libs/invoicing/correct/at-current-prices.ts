import { segmentsOf } from '#libs/catalog/segments.ts';
import { planOf, type Subscribed, type SubscribedPlan } from '#libs/catalog/subscribed.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { BilledUnit } from '../due/due-units.ts';
import { type PriceFault, priceFaults } from '../due/price-faults.ts';
import { selectCurrentPlanIds } from '../store/select-current-plan-ids.ts';
import { selectSubscribedPlans } from '../store/select-subscribed-plans.ts';

/** Billed units as they would be by the prices of now, with subscriptions that know these, or all that stands in the way. */
export interface AtCurrentPrices {
  readonly units: readonly BilledUnit[];
  readonly subscriptions: readonly Subscribed[];
  readonly faults: readonly PriceFault[];
}

/**
 * Pins billed units on the newest active version of their plan: of the one that the change names by whose terms each was billed. A unit
 * whose change is gone stays as it is, for unitAgain to refuse.
 */
export async function atCurrentPrices(
  tx: Transaction,
  organizationId: number,
  units: readonly BilledUnit[],
  subscriptions: readonly Subscribed[],
): Promise<AtCurrentPrices> {
  const billed = subscriptions.filter((one) => units.some((unit) => unit.subscriptionId === one.subscriptionId));
  const keys = billed.flatMap((one) => [...one.plans.values()].map(({ key }) => key));
  const ids = await selectCurrentPlanIds(tx, organizationId, [...new Set(keys)]);
  const plans = await selectSubscribedPlans(tx, organizationId, ids);
  const current = new Map([...plans.values()].map((plan) => [plan.key, plan]));
  const knowing = subscriptions.map((one) => ({ ...one, plans: new Map([...one.plans, ...plans]) }));
  const ofSubscription = Map.groupBy(units, ({ subscriptionId }) => subscriptionId);
  return {
    faults: billed.flatMap((one) => priceFaults(one, ofSubscription.get(one.subscriptionId) ?? [], current)),
    subscriptions: knowing,
    units: knowing.flatMap((one) => (ofSubscription.get(one.subscriptionId) ?? []).map(pinned(one, current))),
  };
}

function pinned(subscription: Subscribed, current: ReadonlyMap<string, SubscribedPlan>) {
  const segments = segmentsOf(subscription.changes, subscription.endsOn);
  return (unit: BilledUnit): BilledUnit => {
    const segment = segments.find(({ changeId }) => changeId === unit.changeId);
    const plan = segment && current.get(planOf(subscription, segment.planId).key);
    return { ...unit, pricedBy: plan?.id ?? unit.pricedBy };
  };
}
