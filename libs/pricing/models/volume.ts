import type { PriceOf } from '../price-schema.ts';
import type { Pricer } from '../pricer.ts';
import { readTiers, tierOf, tierSteps } from './tiers.ts';

/** All units at the rate of the tier that the whole quantity lies in, with the flat amount of that tier alone. */
export function volumePricer(price: PriceOf<'volume'>): Pricer {
  const tiers = readTiers(price.tiers);
  return ({ quantity }) => tierSteps('tier', tierOf(tiers, quantity), quantity);
}
