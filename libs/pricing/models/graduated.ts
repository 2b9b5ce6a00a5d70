import { Big } from '#libs/money/decimal.ts';
import type { PriceOf } from '../price-schema.ts';
import type { PriceStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';
import { partsOf, readTiers } from './tiers.ts';

/**
 * Cuts the quantity at the tier bounds and prices each part at its tier's rate, or, where money is counted, takes its tier's percentage of it.
 * Bounds are inclusive and without gaps, so 100.5 units reach into the tier after 100. A tier's flat amount is charged once when the tier is
 * entered; every quantity, zero too, enters the first.
 */
export function graduatedPricer(price: PriceOf<'graduated' | 'graduated_percentage'>): Pricer {
  const tiers = readTiers(price.tiers);
  return ({ quantity }) => {
    const steps: PriceStep[] = [];
    let amount = new Big('0');
    for (const [tier, part] of partsOf(tiers, quantity)) {
      const priced = tier.price(part);
      amount = amount.plus(priced.amount);
      steps.push(...priced.steps);
    }
    return { amount, steps };
  };
}
