import { decimalString } from '#libs/money/decimal-string.ts';
import { changedBy, type Mutator } from './mutator.ts';

/** The discount that belongs to the charge; coupons come later, on the invoice. */
export const takeDiscount: Mutator = (working, { charge: { discount_percent: percent } }) => {
  if (percent === undefined) return working;
  const change = working.amount.times(percent).times('-0.01');
  return changedBy(
    working,
    change,
    { rule: 'discount', quantity: decimalString(working.amount), percent },
    decimalString(change),
  );
};
