import { allocate } from '#libs/money/allocate.ts';
import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import { type Discount, isFor, type Settleable } from './bill.ts';

const ZERO = new Big('0');

/**
 * Discounts in their order, each rounded once on what the earlier ones left of the lines it is for, and shared over these. No line falls
 * below zero, and one that is below zero has no part in it.
 */
export function takeDiscounts(
  lines: readonly Settleable[],
  discounts: readonly Discount[],
  currency: string,
): { readonly byLine: readonly Big[]; readonly byDiscount: readonly Big[] } {
  const left = lines.map(({ amount }) => amount);
  const byDiscount = discounts.map((discount) => {
    const places = lines.flatMap((line, index) =>
      isFor(discount, line) && (left[index] as Big).gt(ZERO) ? [index] : [],
    );
    const weights = places.map((index) => left[index] as Big);
    const base = sum(weights);
    const off = offOf(discount, base, currency);
    if (off.eq(ZERO)) return ZERO;
    for (const [at, share] of allocate(off, weights, currency).entries()) {
      const index = places[at] as number;
      left[index] = (left[index] as Big).minus(share);
    }
    return off;
  });
  return { byLine: lines.map(({ amount }, index) => amount.minus(left[index] as Big)), byDiscount };
}

function offOf({ percent, amount }: Discount, base: Big, currency: string): Big {
  const wanted = percent === undefined ? new Big(amount as string) : base.times(percent).times('0.01');
  const off = roundToCurrency(wanted, currency);
  return off.gt(base) ? base : off;
}
