import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { GraduatedPrice, Tier } from './price-schema.ts';
import type { PriceStep } from './price-step.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/**
 * Cuts the quantity at the tier bounds and prices each part at its tier's rate. Bounds are inclusive and without gaps: a tier holds
 * what is more than the bound before and at most its own, fractions too, so 100.5 units reach into the tier after 100. A tier's flat
 * amount is charged once when the tier is entered; the first tier is entered by every quantity, zero included.
 */
export function priceGraduated(price: GraduatedPrice, quantity: Big): PricedQuantity {
  const steps: PriceStep[] = [];
  let amount = new Big('0');
  let from = new Big('0');
  for (const [index, tier] of price.tiers.entries()) {
    if (index > 0 && quantity.lte(from)) break;
    const inTier =
      tier.up_to === null || quantity.lt(tier.up_to) ? quantity.minus(from) : new Big(tier.up_to).minus(from);
    for (const step of tierSteps(tier, from, inTier)) {
      steps.push(step);
      amount = amount.plus(step.amount);
    }
    if (tier.up_to === null) break;
    from = new Big(tier.up_to);
  }
  return { amount, steps };
}

function tierSteps(tier: Tier, from: Big, inTier: Big): PriceStep[] {
  const bounds = { from: decimalString(from), up_to: tier.up_to === null ? null : decimalString(new Big(tier.up_to)) };
  const unitAmount = new Big(tier.unit_amount);
  const usage: PriceStep = {
    rule: 'tier',
    ...bounds,
    quantity: decimalString(inTier),
    unit_amount: decimalString(unitAmount),
    amount: decimalString(inTier.times(unitAmount)),
  };
  const flat = new Big(tier.flat_amount ?? '0');
  if (flat.eq('0')) return [usage];
  const text = decimalString(flat);
  return [usage, { rule: 'tier_flat', ...bounds, quantity: '1', unit_amount: text, amount: text }];
}
