import { periodBetween } from '#libs/catalog/billing-period.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { CannotBill } from '../cannot-bill.ts';
import type { DueUnit } from './due-unit.ts';
import { type BilledUnit, knowingTheZone, unitOf } from './due-units.ts';
import { stretchPricedBy } from './stretch-priced-by.ts';
import { type Stretch, stretchesOf } from './stretches.ts';

/**
 * A unit as it was billed, with its charge: neither a plan version nor what a subscription was on a day that is over changes, so prices are
 * those of then, or of the version by which it was issued anew. @throws CannotBill when the subscription does not have it any more
 */
export function unitAgain(
  billed: BilledUnit,
  subscription: Subscribed,
  stretches: readonly Stretch[] = stretchesOf(subscription),
): DueUnit {
  return knowingTheZone(subscription, () => {
    const stretch = stretchOf(billed, subscription, stretches);
    if (stretch === null)
      throw new CannotBill(
        'missing_price',
        `Charge "${billed.chargeKey}" of subscription ${billed.subscriptionId} was billed, but its plan does not have it any more.`,
      );
    const [from, to] = [new Date(billed.from).toISOString(), new Date(billed.to).toISOString()];
    return unitOf(subscription, stretch, periodBetween(from, to, subscription.timeZone, stretch.cycle));
  });
}

/** The stretch by which a unit was billed; null: there is none any more. */
export function stretchOf(
  { chargeKey, kind, changeId, pricedBy }: BilledUnit,
  subscription: Subscribed,
  stretches: readonly Stretch[],
): Stretch | null {
  const stretch = stretches.find(
    (one) => one.chargeKey === chargeKey && one.kind === kind && one.changeId === changeId,
  );
  if (stretch === undefined) return null;
  return pricedBy === null ? stretch : stretchPricedBy(subscription, stretch, pricedBy);
}
