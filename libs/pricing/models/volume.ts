import type { PriceOf } from '../price-schema.ts';
import type { Pricer } from '../pricer.ts';
import { readTiers, tierOf } from './tiers.ts';

/**
 * All units at the rate of the tier that the whole quantity lies in, with the flat amount of that tier alone; of a stairstep, the flat amount
 * and nothing else.
 */
export function volumePricer(price: PriceOf<'volume' | 'stairstep'>): Pricer {
  const tiers = readTiers(price.tiers);
  return ({ quantity }) => tierOf(tiers, quantity).price(quantity);
}
