import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';

/** What a payment is for: decimal strings that add up to it. */
export interface PaymentSplit {
  /** Paid on the invoice. */
  readonly applied: string;
  /** More than is left to pay. */
  readonly excess: string;
}

export function splitPayment(amount: string, remaining: string): PaymentSplit {
  const excess = new Big(amount).minus(remaining);
  return excess.gt('0')
    ? { applied: decimalString(new Big(remaining)), excess: decimalString(excess) }
    : { applied: decimalString(new Big(amount)), excess: '0' };
}
