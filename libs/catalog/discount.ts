import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';
import type { Bill, Discount, Settleable } from '#libs/pricing/totals/bill.ts';
import type { DiscountTerms } from './coupon-schema.ts';
import type { CustomerDiscount, DiscountUse } from './discount-schema.ts';

/** A line of a document as discounts see it. */
export interface DiscountableLine {
  readonly subscriptionId: string;
  /** '': of the plan as a whole. */
  readonly chargeKey: string;
  /** The billing period, local dates, half open. */
  readonly period: Period;
  /** The day that decides, see billingDay. */
  readonly on: string;
  readonly amount: Big;
}

interface Period {
  readonly from: string;
  readonly to: string;
}

/** What a document takes off in one period, and the discount it comes from. */
export interface DueDiscount {
  readonly id: string;
  readonly period: Period;
  /** Places of the lines it is for, from 0. */
  readonly places: readonly number[];
  readonly discount: Pick<Discount, 'name' | 'percent' | 'amount'>;
}

/**
 * The discounts of a customer that are for the lines of a document, in the order in which they are applied, given what live documents took
 * of them. What is counted are periods: a second document of a period that counts already is discounted too, by an amount only as far
 * as the first left it. `null`: a line that belongs to no period and has no part in them.
 */
export function dueDiscounts(
  lines: readonly (DiscountableLine | null)[],
  currency: string,
  discounts: readonly CustomerDiscount[],
  uses: readonly DiscountUse[],
): DueDiscount[] {
  const byDiscount = Map.groupBy(uses, ({ discountId }) => discountId);
  return [...discounts]
    .sort((one, other) => one.position - other.position)
    .filter((discount) => discount.currency === null || discount.currency === currency)
    .flatMap((discount) => periodsOf(discount, lines, byDiscount.get(discount.id) ?? []));
}

function periodsOf(
  discount: CustomerDiscount,
  lines: readonly (DiscountableLine | null)[],
  uses: readonly DiscountUse[],
): DueDiscount[] {
  const places = lines.flatMap((line, place) => (line && isFor(discount, line) ? [place] : []));
  const counted = new Set(uses.map(({ periodFrom: from, periodTo: to }) => periodText({ from, to })));
  const groups = [...Map.groupBy(places, (place) => periodText((lines[place] as DiscountableLine).period))];
  return groups
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([text, own]): DueDiscount[] => {
      if (!counted.has(text) && counted.size >= (periodLimit(discount) ?? Number.POSITIVE_INFINITY)) return [];
      const { period } = lines[own[0] as number] as DiscountableLine;
      const left = leftOf(discount, period, uses);
      const isWorthIt = own.some((place) => (lines[place] as DiscountableLine).amount.gt('0'));
      if (left?.lte('0') || !isWorthIt) return [];
      counted.add(text);
      const { id, name, percent } = discount;
      const terms = { name, ...(percent !== null && { percent }), ...(left && { amount: decimalString(left) }) };
      return [{ id, period, places: own, discount: terms }];
    });
}

/** What a document took, to be stored with it. A discount that took nothing is not used. `settled`: what settle answered for `due`. */
export function usesOf<Line extends Settleable>(
  due: readonly DueDiscount[],
  settled: Bill<Line>['discounts'],
): DiscountUse[] {
  if (due.length !== settled.length)
    throw new RangeError(`${settled.length} discounts were settled, but ${due.length} are due`);
  return due.flatMap(({ id, period: { from, to } }, index) => {
    const { amount } = settled[index] as Bill['discounts'][number];
    return amount.eq('0') ? [] : [{ discountId: id, periodFrom: from, periodTo: to, amount: decimalString(amount) }];
  });
}

/** How many periods a discount lasts; null: for ever. */
export const periodLimit = ({ duration, periods }: Pick<DiscountTerms, 'duration' | 'periods'>): number | null =>
  duration === 'once' ? 1 : duration === 'periods' ? periods : null;

/**
 * What a document that has a discount may take of it in one period beside what others took: null without bound. Nothing where the discount lasts for
 * some periods, and others used these up without this one.
 */
export function leftBesideOthers(discount: DiscountTerms, period: Period, others: readonly DiscountUse[]): Big | null {
  const isCounted = others.some(({ periodFrom, periodTo }) => periodFrom === period.from && periodTo === period.to);
  const isUsedUp = !isCounted && countPeriods(others) >= (periodLimit(discount) ?? Number.POSITIVE_INFINITY);
  const left = isUsedUp ? new Big('0') : leftOf(discount, period, others);
  return left?.lt('0') ? new Big('0') : (left ?? null);
}

const isFor = (discount: CustomerDiscount, { subscriptionId, chargeKey, on }: DiscountableLine): boolean =>
  (discount.subscriptionId === null || discount.subscriptionId === subscriptionId) &&
  (discount.charges === null || discount.charges.includes(chargeKey)) &&
  discount.startsOn <= on &&
  (discount.endsOn === null || on < discount.endsOn);

const periodText = ({ from, to }: Period): string => `${from}/${to}`;

/** How many periods documents took of it in. */
export const countPeriods = (uses: readonly DiscountUse[]): number =>
  new Set(uses.map(({ periodFrom: from, periodTo: to }) => periodText({ from, to }))).size;

/** Undefined for a percentage. */
const leftOf = ({ amount }: DiscountTerms, { from, to }: Period, uses: readonly DiscountUse[]): Big | undefined =>
  amount === null
    ? undefined
    : new Big(amount).minus(
        sum(uses.filter((use) => use.periodFrom === from && use.periodTo === to).map((use) => use.amount)),
      );
