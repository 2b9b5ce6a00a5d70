import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { PriceOf } from '../price-schema.ts';
import { timesStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';

/** An amount for each package; one that is begun counts as a whole one, or not at all when the price rounds down. */
export function packagePricer(price: PriceOf<'package'>): Pricer {
  const [size, amount] = [new Big(price.size), new Big(price.amount)];
  const per = decimalString(size);
  return ({ quantity }) => {
    // By remainder, not by division: a quotient is cut off after 40 digits and could hide that a package was begun.
    const rest = quantity.mod(size);
    const full = quantity.minus(rest).div(size);
    const packages = price.round === 'up' && rest.gt('0') ? full.plus('1') : full;
    return timesStep('package', packages, amount, { per });
  };
}
