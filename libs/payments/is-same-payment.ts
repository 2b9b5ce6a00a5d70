import { Big } from '#libs/money/decimal.ts';
import type { Payment, PaymentInput } from './payment-schema.ts';

/** Whether the payment is what is told: all fields alike, the amount by its value. */
export const isSamePayment = (payment: Payment, told: PaymentInput): boolean =>
  payment.invoiceId === told.invoice &&
  new Big(payment.amount).eq(told.amount) &&
  payment.currency === told.currency &&
  payment.receivedOn === told.received_on &&
  payment.method === told.method &&
  payment.reference === (told.reference ?? null) &&
  payment.overpayment === (told.overpayment ?? null);
