import { allocate } from '#libs/money/allocate.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import { type ChargeContext, changedBy, type Working } from './mutator.ts';

/**
 * All groups of the charge together cost no more than its maximum, neither exactly nor after each is rounded. It is shared over them by
 * what each would have cost.
 */
export function capAtMaximum(groups: readonly Working[], { charge, currency }: ChargeContext): readonly Working[] {
  if (charge.maximum_amount === undefined) return groups;
  const maximum = new Big(charge.maximum_amount);
  const most = roundToCurrency(maximum, currency);
  const amounts = groups.map(({ amount }) => amount);
  if (sum(amounts).lte(maximum) && sum(amounts.map((amount) => roundToCurrency(amount, currency))).lte(most))
    return groups;
  const shares = groups.length === 1 ? [maximum] : allocate(most, amounts, currency);
  return groups.map((working, index) => {
    const change = (shares[index] as Big).minus(working.amount);
    const step = { rule: 'maximum', quantity: '1', unit_amount: decimalString(maximum) } as const;
    return changedBy(working, change, step, decimalString(change));
  });
}
