import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { PerUnitPrice } from './price-schema.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/** quantity × unit amount. The quantity is not negative. */
export function pricePerUnit(price: PerUnitPrice, quantity: Big): PricedQuantity {
  const unitAmount = new Big(price.unit_amount);
  const amount = quantity.times(unitAmount);
  return {
    amount,
    steps: [
      {
        rule: 'per_unit',
        quantity: decimalString(quantity),
        unit_amount: decimalString(unitAmount),
        amount: decimalString(amount),
      },
    ],
  };
}
