import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';

/**
 * One step of a price's working, as plain data. All figures are decimal strings without exponent; amounts are not yet rounded. The
 * amounts of a line's steps add up to what the line says; a step that only changes the quantity has the amount 0.
 */
export interface PriceStep {
  readonly rule: PriceRule;
  /** For tiers: exclusive lower and inclusive upper bound, null when open. */
  readonly from?: string;
  readonly up_to?: string | null;
  /** What the step counts: units, packages, events, days; for a percentage the amount it is taken of. */
  readonly quantity: string;
  /** What a step that changes the quantity makes of it. */
  readonly result?: string;
  /** Of proration and of days not used: the days of the whole period. Of packages: units in one. */
  readonly per?: string;
  readonly unit_amount?: string;
  readonly percent?: string;
  /** Of a matrix: the values of its dimensions. */
  readonly values?: readonly (string | null)[];
  readonly amount: string;
}

/** Models first, then what is done around them, in the order in which it is done. */
export type PriceRule =
  | 'convert'
  | 'included_units'
  | 'flat'
  | 'per_unit'
  | 'tier'
  | 'tier_flat'
  | 'package'
  | 'free_events'
  | 'free_amount'
  | 'percent'
  | 'fixed_per_event'
  | 'minimum_per_event'
  | 'maximum_per_event'
  | 'not_below_zero'
  | 'matrix'
  | 'multiplier'
  | 'unit_rate'
  | 'proration'
  | 'discount'
  | 'maximum'
  | 'rounding'
  | 'unused'
  | 'credited'
  | 'billed_before'
  | 'minimum'
  | 'charged';

/** What something costs, not yet rounded, and how that came about. The steps' amounts add up to the amount. */
export interface Priced {
  readonly amount: Big;
  readonly steps: readonly PriceStep[];
}

/** quantity × unitAmount as a step. */
export function timesStep(
  rule: PriceRule,
  quantity: Big,
  unitAmount: Big,
  more: Partial<PriceStep> = {},
): Priced & { readonly steps: readonly [PriceStep] } {
  const amount = quantity.times(unitAmount);
  const step: PriceStep = {
    rule,
    ...more,
    quantity: decimalString(quantity),
    unit_amount: decimalString(unitAmount),
    amount: decimalString(amount),
  };
  return { amount, steps: [step] };
}

const ONE_PERCENT = new Big('0.01');

/** A percentage of an amount as a step. */
export function percentStep(
  rule: PriceRule,
  of: Big,
  percent: Big,
  more: Partial<PriceStep> = {},
): Priced & { readonly steps: readonly [PriceStep] } {
  const amount = of.times(percent).times(ONE_PERCENT);
  const step: PriceStep = {
    rule,
    ...more,
    quantity: decimalString(of),
    percent: decimalString(percent),
    amount: decimalString(amount),
  };
  return { amount, steps: [step] };
}

/** What a change of the quantity leaves out: it is told, and costs nothing. */
export const freeStep = (rule: PriceRule, quantity: Big): Priced => ({
  amount: new Big('0'),
  steps: [{ rule, quantity: decimalString(quantity), amount: '0' }],
});

export const sumOf = (parts: readonly Priced[]): Priced => ({
  amount: sum(parts.map(({ amount }) => amount)),
  steps: parts.flatMap((part) => part.steps),
});
