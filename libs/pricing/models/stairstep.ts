import type { PriceOf } from '../price-schema.ts';
import type { Priced } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';
import { readTiers, tierOf } from './tiers.ts';

/** The flat amount of the tier that the quantity lies in. */
export function stairstepPricer(price: PriceOf<'stairstep'>): Pricer {
  const tiers = readTiers(price.tiers, true);
  return ({ quantity }) => tierOf(tiers, quantity).flat as Priced;
}
