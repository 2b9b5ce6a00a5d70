import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { PriceOf } from '../price-schema.ts';
import type { PriceStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';
import { partsOf, readTiers } from './tiers.ts';

/** As graduated, where what is counted is money and each tier takes its percentage of the part that lies in it. */
export function graduatedPercentagePricer(price: PriceOf<'graduated_percentage'>): Pricer {
  const tiers = readTiers(price.tiers);
  return ({ quantity }) => {
    const steps: PriceStep[] = [];
    let amount = new Big('0');
    for (const [{ rate, bounds, flat }, part] of partsOf(tiers, quantity)) {
      const share = part.times(rate).times('0.01');
      steps.push({
        rule: 'tier',
        ...bounds,
        quantity: decimalString(part),
        percent: decimalString(rate),
        amount: decimalString(share),
      });
      amount = amount.plus(share);
      if (!flat) continue;
      steps.push(...flat.steps);
      amount = amount.plus(flat.amount);
    }
    return { amount, steps };
  };
}
