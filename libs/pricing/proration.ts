import type { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { PricedQuantity } from './priced-quantity.ts';

/**
 * The share of a period's fixed fee for some of its local days: amount × days / periodDays, multiplied before it is divided, not
 * rounded (40 digits where the division does not end). All days of the period give the fee exactly, with the plain step.
 *
 * @throws RangeError when the days are no whole numbers with 0 ≤ days ≤ periodDays and periodDays ≥ 1
 */
export function prorateByDays(amount: Big, days: number, periodDays: number): PricedQuantity {
  if (!Number.isSafeInteger(periodDays) || periodDays < 1) {
    throw new RangeError(`a period has at least one whole day, not ${periodDays}`);
  }
  if (!Number.isSafeInteger(days) || days < 0 || days > periodDays) {
    throw new RangeError(`cannot bill ${days} days of a period of ${periodDays} days`);
  }
  const fee = decimalString(amount);
  if (days === periodDays) {
    return { amount, steps: [{ rule: 'flat', quantity: '1', unit_amount: fee, amount: fee }] };
  }
  const share = amount.times(String(days)).div(String(periodDays));
  return {
    amount: share,
    steps: [
      {
        rule: 'proration',
        quantity: String(days),
        period_quantity: String(periodDays),
        unit_amount: fee,
        amount: decimalString(share),
      },
    ],
  };
}
