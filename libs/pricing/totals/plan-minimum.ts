import { sum } from '#libs/money/sum.ts';
import type { DayShare } from '../charge/mutator.ts';
import { trueUp } from '../charge/true-up.ts';
import type { BillLine } from './bill.ts';

/** The line for what is missing to the plan's commitment, over all charges and before any discount of the invoice; undefined when nothing is. */
export function planMinimumLine(
  minimum: string,
  lines: readonly Pick<BillLine, 'amount'>[],
  share: DayShare | undefined,
  currency: string,
): BillLine | undefined {
  const charged = sum(lines.map(({ amount }) => amount));
  const missing = trueUp(minimum, charged, share, currency);
  return missing && { charge: null, kind: 'plan_minimum', group: null, quantity: '1', ...missing };
}
