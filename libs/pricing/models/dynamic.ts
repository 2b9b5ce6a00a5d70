import { Big } from '#libs/money/decimal.ts';
import type { PriceOf } from '../price-schema.ts';
import { timesStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';

/** What the meter summed up is the amount; the multiplier is the seller's share. */
export function dynamicPricer(price: PriceOf<'dynamic'>): Pricer {
  const multiplier = new Big(price.multiplier);
  return ({ quantity }) => timesStep('multiplier', quantity, multiplier);
}
