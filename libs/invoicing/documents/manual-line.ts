import { Big } from '#libs/money/decimal.ts';
import { timesStep } from '#libs/pricing/price-step.ts';
import { amountText } from '../amount-text.ts';
import type { RatedLine } from '../settle/settle-lines.ts';

/** A line that someone entered on a draft. */
export interface ManualLine {
  readonly id: string;
  readonly description: string;
  readonly quantity: string;
  /** Below zero: it takes off. */
  readonly unit_amount: string;
}

/** quantity × unit amount, rounded once. */
export function manualLine({ description, quantity, unit_amount: unit }: ManualLine, currency: string): RatedLine {
  const { amount, steps } = timesStep('per_unit', new Big(quantity), new Big(unit));
  return { kind: 'manual', description, quantity: steps[0].quantity, amount: amountText(amount, currency), steps };
}
