import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { Bill, Discount } from '#libs/pricing/totals/bill.ts';
import type { DiscountTerms } from './coupon-schema.ts';
import type { CustomerDiscount, DiscountUse } from './discount-schema.ts';

/** A bill of one subscription for one period. */
export interface DiscountedBill {
  readonly subscriptionId: string;
  readonly currency: string;
  /** The billing period, local dates, half open. */
  readonly period: { readonly from: string; readonly to: string };
  /** The day that decides, see billingDay. */
  readonly on: string;
}

/** What bill.ts takes off, and the discount it comes from. */
export interface DueDiscount {
  readonly id: string;
  readonly discount: Discount;
}

/**
 * The discounts of a customer that are for a bill, in the order in which they are applied, given what live documents took of them. What is
 * counted are periods: a second document of a period that counts already is discounted too, by an amount only as far as the first left it.
 */
export function dueDiscounts(
  bill: DiscountedBill,
  discounts: readonly CustomerDiscount[],
  uses: readonly DiscountUse[],
): DueDiscount[] {
  const byDiscount = Map.groupBy(uses, ({ discountId }) => discountId);
  return [...discounts]
    .sort((one, other) => one.position - other.position)
    .filter((discount) => isFor(discount, bill))
    .flatMap((discount) => {
      const own = byDiscount.get(discount.id) ?? [];
      const elsewhere = own.filter((use) => !isIn(use, bill.period));
      if (countPeriods(elsewhere) >= periodsOf(discount)) return [];
      const amount = leftOf(
        discount,
        own.filter((use) => isIn(use, bill.period)),
      );
      if (amount?.lte('0')) return [];
      const { id, name, percent, charges } = discount;
      const terms: Discount = {
        name,
        ...(percent !== null && { percent }),
        ...(amount && { amount: decimalString(amount) }),
        ...(charges && { charges }),
      };
      return [{ id, discount: terms }];
    });
}

/** What a bill took, to be stored with its document. A discount that took nothing is not used. `settled`: what settle answered for `due`. */
export function usesOf(
  due: readonly DueDiscount[],
  settled: Bill['discounts'],
  period: DiscountedBill['period'],
): DiscountUse[] {
  if (due.length !== settled.length)
    throw new RangeError(`${settled.length} discounts were settled, but ${due.length} are due`);
  return due.flatMap(({ id }, index) => {
    const { amount } = settled[index] as Bill['discounts'][number];
    if (amount.eq('0')) return [];
    return [{ discountId: id, periodFrom: period.from, periodTo: period.to, amount: decimalString(amount) }];
  });
}

/** How many periods a discount lasts; null: for ever. */
export const periodLimit = ({ duration, periods }: Pick<DiscountTerms, 'duration' | 'periods'>): number | null =>
  duration === 'once' ? 1 : duration === 'periods' ? periods : null;

const periodsOf = (terms: DiscountTerms): number => periodLimit(terms) ?? Number.POSITIVE_INFINITY;

const isFor = (discount: CustomerDiscount, { subscriptionId, currency, on }: DiscountedBill): boolean =>
  (discount.subscriptionId === null || discount.subscriptionId === subscriptionId) &&
  (discount.currency === null || discount.currency === currency) &&
  discount.startsOn <= on &&
  (discount.endsOn === null || on < discount.endsOn);

const isIn = (use: DiscountUse, { from, to }: DiscountedBill['period']): boolean =>
  use.periodFrom === from && use.periodTo === to;

/** How many periods documents took of it in. */
export const countPeriods = (uses: readonly DiscountUse[]): number =>
  new Set(uses.map(({ periodFrom, periodTo }) => `${periodFrom}/${periodTo}`)).size;

const leftOf = ({ amount }: DiscountTerms, uses: readonly DiscountUse[]): Big | undefined =>
  amount === null ? undefined : uses.reduce((left, use) => left.minus(use.amount), new Big(amount));
