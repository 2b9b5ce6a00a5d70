import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';

export const PAYMENT_STATUSES = ['open', 'partially_paid', 'paid', 'overdue', 'uncollectible', 'voided'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What the state of an invoice's payment follows from. Amounts are decimal strings in the invoice's currency, not negative. */
export interface InvoiceSums {
  /** After what its customer's balances paid. */
  readonly amountDue: string;
  /** Of payments, without what went to the customer's credit. */
  readonly paid: string;
  readonly refunded: string;
  /** What credit notes took off what is to be paid, be it offset or refunded. */
  readonly creditedOffset: string;
  /** Last day on which it is not overdue. */
  readonly dueDate: string;
  readonly voided: boolean;
  readonly uncollectible: boolean;
}

export interface PaymentState {
  readonly status: PaymentStatus;
  /** Kept: payments less refunds. */
  readonly amountPaid: string;
  /** Still to be paid; never negative, and zero for a voided invoice. */
  readonly amountRemaining: string;
}

/** `today`: local date of the seller. An invoice that is paid is neither overdue nor uncollectible, whatever it was before. */
export function paymentState(sums: InvoiceSums, today: string): PaymentState {
  const kept = new Big(sums.paid).minus(sums.refunded);
  const rest = new Big(sums.amountDue).minus(sums.creditedOffset).minus(kept);
  const remaining = sums.voided || rest.lt('0') ? new Big('0') : rest;
  return {
    status: statusOf(sums, remaining, kept, today),
    amountPaid: decimalString(kept),
    amountRemaining: decimalString(remaining),
  };
}

function statusOf(sums: InvoiceSums, remaining: Big, kept: Big, today: string): PaymentStatus {
  if (sums.voided) return 'voided';
  if (remaining.eq('0')) return 'paid';
  if (sums.uncollectible) return 'uncollectible';
  if (sums.dueDate < today) return 'overdue';
  return kept.gt('0') ? 'partially_paid' : 'open';
}
