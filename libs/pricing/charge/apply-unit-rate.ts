import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { changedBy, type Mutator } from './mutator.ts';

/** A price that is written in credits becomes money. The step holds what the amount changed by, so that the steps add up to the money. */
export const applyUnitRate: Mutator = (working, { charge: { unit } }) => {
  if (!unit) return working;
  const money = working.amount.times(unit.rate);
  const change = money.minus(working.amount);
  const step = {
    rule: 'unit_rate',
    quantity: decimalString(working.amount),
    unit_amount: decimalString(new Big(unit.rate)),
  } as const;
  return changedBy(working, change, step, decimalString(change));
};
