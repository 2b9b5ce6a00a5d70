import { Big } from '#libs/money/decimal.ts';
import type { PriceOf } from '../price-schema.ts';
import { timesStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';

/** The fee, whatever the quantity. */
export function flatPricer({ amount }: PriceOf<'flat'>): Pricer {
  const priced = timesStep('flat', new Big('1'), new Big(amount));
  return () => priced;
}
