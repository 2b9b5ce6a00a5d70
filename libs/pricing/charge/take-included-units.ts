import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { Mutator } from './mutator.ts';

/** Units that the plan includes cost nothing; what is more than they is priced from the first tier on. */
export const takeIncludedUnits: Mutator = (working, { charge }) => {
  if (charge.included_units === undefined) return working;
  const { quantity } = working.usage;
  const included = quantity.gt(charge.included_units) ? new Big(charge.included_units) : quantity;
  const rest = quantity.minus(included);
  return {
    ...working,
    usage: { ...working.usage, quantity: rest },
    steps: [
      ...working.steps,
      { rule: 'included_units', quantity: decimalString(included), result: decimalString(rest), amount: '0' },
    ],
  };
};
