import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import type { PriceStep } from '../price-step.ts';
import type { DayShare } from './mutator.ts';
import { prorate } from './prorate-fee.ts';

/** What is missing to a minimum, and how that came about; undefined when nothing is. */
export function trueUp(
  minimum: string,
  charged: Big,
  share: DayShare | undefined,
  currency: string,
): { readonly amount: Big; readonly steps: readonly PriceStep[] } | undefined {
  const whole = new Big(minimum);
  const steps: PriceStep[] = [
    { rule: 'minimum', quantity: '1', unit_amount: decimalString(whole), amount: decimalString(whole) },
  ];
  let least = whole;
  if (share && share.days !== share.periodDays) {
    const { change, step } = prorate(whole, share);
    least = whole.plus(change);
    steps.push(step);
  }
  const rounded = roundToCurrency(least, currency);
  if (rounded.lte(charged)) return undefined;
  const rounding = rounded.minus(least);
  if (!rounding.eq('0')) steps.push({ rule: 'rounding', quantity: '1', amount: decimalString(rounding) });
  if (!charged.eq('0')) steps.push({ rule: 'charged', quantity: '1', amount: decimalString(charged.neg()) });
  return { amount: rounded.minus(charged), steps };
}
