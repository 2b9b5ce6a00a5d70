import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { FlatPrice } from './price-schema.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/** The fee, whatever the quantity. */
export function priceFlat(price: FlatPrice): PricedQuantity {
  const amount = new Big(price.amount);
  const text = decimalString(amount);
  return { amount, steps: [{ rule: 'flat', quantity: '1', unit_amount: text, amount: text }] };
}
