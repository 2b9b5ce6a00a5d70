import { CannotPrice } from './cannot-price.ts';
import type { Charge } from './charge-schema.ts';
import type { Price } from './price-schema.ts';

/** The charge's price in a currency; undefined when it has none. */
export const priceFor = (charge: Charge, currency: string): Price | undefined =>
  charge.price ?? charge.prices?.[currency];

/** As priceFor. @throws CannotPrice when there is none: nothing is converted by guess */
export function priceIn(charge: Charge, currency: string): Price {
  const price = priceFor(charge, currency);
  if (price) return price;
  const has = Object.keys(charge.prices ?? {}).join(', ');
  throw new CannotPrice(`Charge "${charge.key}" has no price in ${currency}, only in ${has}.`);
}

/** One of the charge's prices: they are of one model, and a matrix has the same dimensions in all. */
export const anyPrice = (charge: Charge): Price | undefined => charge.price ?? Object.values(charge.prices ?? {})[0];

/** Fees are billed whether anything was used or not, and shared by days. */
export const isFee = (charge: Charge): boolean => charge.quantity !== undefined || anyPrice(charge)?.model === 'flat';

/** Properties by which usage must be split to be priced. */
export function groupingOf(charge: Charge): readonly string[] {
  if (charge.group_by) return charge.group_by;
  const price = anyPrice(charge);
  return price?.model === 'matrix' ? price.dimensions : [];
}
