import { segmentsOf } from '#libs/catalog/segments.ts';
import { planOf, type Subscribed } from '#libs/catalog/subscribed.ts';
import { inSegment, type Stretch } from './stretches.ts';

/**
 * A stretch by the prices of another version of its plan, with the overrides and quantities of the change that it begins with. When it is
 * billed stays as it was. Null: that version does not have the charge. One without a minimum has one of nothing.
 */
export function stretchPricedBy(subscription: Subscribed, stretch: Stretch, planId: string): Stretch | null {
  const plan = planOf(subscription, planId);
  const segment = segmentsOf(subscription.changes, subscription.endsOn).find(
    ({ changeId }) => changeId === stretch.changeId,
  );
  if (segment === undefined) return null;
  const priced = inSegment(subscription, segment, { ...plan, minimumAmount: plan.minimumAmount ?? '0' }).find(
    ({ chargeKey, kind }) => chargeKey === stretch.chargeKey && kind === stretch.kind,
  );
  if (priced === undefined) return null;
  return {
    ...stretch,
    pricedBy: { id: plan.id, plan: plan.key, version: plan.version },
    plan: priced.plan,
    charge: priced.charge,
    quantity: priced.quantity,
  };
}
