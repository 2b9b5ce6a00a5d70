import type { Subscribed } from '#libs/catalog/subscribed.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { selectPricingPlanIds } from '../store/select-pricing-plan-ids.ts';
import { selectSubscribedPlans } from '../store/select-subscribed-plans.ts';
import { type SubscriptionChoice, selectSubscriptions } from '../store/select-subscriptions.ts';

/** Subscriptions with all that says what they are billed for. Plans are read once for all. */
export async function readSubscriptions(
  tx: Transaction,
  organizationId: number,
  choice: SubscriptionChoice,
): Promise<Subscribed[]> {
  const subscriptions = await selectSubscriptions(tx, organizationId, choice);
  const planIds = subscriptions.flatMap(({ changes }) => changes.flatMap(({ planId }) => planId ?? []));
  const ids = subscriptions.map(({ subscriptionId }) => subscriptionId);
  planIds.push(...(await selectPricingPlanIds(tx, organizationId, ids)));
  const plans = await selectSubscribedPlans(tx, organizationId, [...new Set(planIds)]);
  return subscriptions.map((subscription) => ({ ...subscription, plans }));
}
