import type { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { isFee } from '../price-in.ts';
import type { PriceStep } from '../price-step.ts';
import { type ChargeContext, changedBy, type DayShare, type Mutator } from './mutator.ts';

/** A fee for some days of its period costs their share. Usage is not shared: it lies in the days by itself. */
export const prorateFee: Mutator = (working, context) => {
  const share = isFee(context.charge) ? shareOf(context) : undefined;
  if (!share) return working;
  const { change, step } = prorate(working.amount, share);
  return changedBy(working, change, step, step.amount);
};

/** Undefined: the whole period, or a charge that is never shared. */
export function shareOf({ charge, share }: Pick<ChargeContext, 'charge' | 'share'>): DayShare | undefined {
  if (!charge.prorate || charge.billing === 'once' || !share) return undefined;
  return share.days === share.periodDays ? undefined : share;
}

/**
 * What an amount changes by when only some days are billed: multiplied before it is divided, 40 digits where the division does not end.
 * @throws RangeError when the days are no whole numbers with 0 ≤ days ≤ periodDays and periodDays ≥ 1
 */
export function prorate(
  amount: Big,
  { days, periodDays }: DayShare,
): { readonly change: Big; readonly step: PriceStep } {
  if (!Number.isSafeInteger(periodDays) || periodDays < 1)
    throw new RangeError(`a period has at least one whole day, not ${periodDays}`);
  if (!Number.isSafeInteger(days) || days < 0 || days > periodDays)
    throw new RangeError(`cannot bill ${days} days of a period of ${periodDays} days`);
  const change = amount.times(String(days)).div(String(periodDays)).minus(amount);
  const step: PriceStep = {
    rule: 'proration',
    quantity: String(days),
    per: String(periodDays),
    amount: decimalString(change),
  };
  return { change, step };
}
