import { Big } from '#libs/money/decimal.ts';
import type { PriceOf } from '../price-schema.ts';
import { timesStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';

/** quantity × unit amount. */
export function perUnitPricer(price: PriceOf<'per_unit'>): Pricer {
  const unitAmount = new Big(price.unit_amount);
  return ({ quantity }) => timesStep('per_unit', quantity, unitAmount);
}
