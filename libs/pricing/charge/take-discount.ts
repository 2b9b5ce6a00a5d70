import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { changedBy, type Mutator } from './mutator.ts';

/** The discount that belongs to the charge; coupons come later, on the invoice. */
export const takeDiscount: Mutator = (working, { charge }) => {
  if (charge.discount_percent === undefined) return working;
  const percent = new Big(charge.discount_percent);
  const change = working.amount.times(percent).times('-0.01');
  const step = { rule: 'discount', quantity: decimalString(working.amount), percent: decimalString(percent) } as const;
  return changedBy(working, change, step, decimalString(change));
};
