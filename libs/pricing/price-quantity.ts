import { Big } from '#libs/money/decimal.ts';
import { priceFlat } from './price-flat.ts';
import { priceGraduated } from './price-graduated.ts';
import { pricePerUnit } from './price-per-unit.ts';
import type { Price } from './price-schema.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/**
 * What a quantity costs by a price: the unrounded amount and its working. The caller rounds once per line. A negative quantity
 * (corrections outweigh usage) prices as zero: what was billed too much is given back by a credit note, not by a negative price.
 */
export function priceQuantity(price: Price, quantity: Big): PricedQuantity {
  // Not lt: big.js knows a negative zero, which would live on in the amount.
  const billable = quantity.gt('0') ? quantity : new Big('0');
  switch (price.model) {
    case 'flat':
      return priceFlat(price);
    case 'per_unit':
      return pricePerUnit(price, billable);
    case 'graduated':
      return priceGraduated(price, billable);
    default:
      return unknownModel(price);
  }
}

/** A stored price of a newer version must stop the bill of its customer, not become zero. */
function unknownModel(price: never): never {
  throw new Error(`no pricer for price model ${JSON.stringify((price as { model?: unknown }).model)}`);
}
