import { readableFields } from '#libs/catalog/readable-fields.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { amountString } from '#libs/money/amount-string.ts';
import { Big } from '#libs/money/decimal.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { leftOfPayment } from '#libs/payments/left-of-payment.ts';
import { type Payment, type RefundInput, refundSchema } from '#libs/payments/payment-schema.ts';
import { insertRefund } from '#libs/payments/store/insert-refund.ts';
import { selectPayment } from '#libs/payments/store/select-payment.ts';
import { selectRefund } from '#libs/payments/store/select-refund.ts';
import { digitsFault } from '#libs/pricing/digits-fault.ts';
import { lockPayable } from './lock-payable.ts';
import { readInvoicePayments } from './payment-states.ts';
import { presentPayment } from './present-payment.ts';
import type { TakenPayment } from './take-payment.ts';

/**
 * Notes that money of a payment was given back, at most what it paid on its invoice. Under the invoice's lock, like payments. Also where the
 * invoice was voided: what was paid on it has to go back somehow.
 */
export async function refundPayment(
  tx: Transaction,
  organizationId: number,
  paymentId: string,
  told: RefundInput & { readonly id: string },
  today: string,
): Promise<TakenPayment> {
  const found = await selectPayment(tx, organizationId, paymentId);
  if (!found) throw new ApiError('not_found', `There is no payment ${paymentId}.`);
  const invoice = (await lockPayable(tx, organizationId, found.invoiceId)) as StoredInvoice;
  // What was refunded until the lock was got.
  const before = (await selectPayment(tx, organizationId, paymentId)) as Payment;
  const earlier = await selectRefund(tx, organizationId, told.id);
  if (earlier) {
    const isSame =
      earlier.paymentId === before.id && earlier.reason === told.reason && new Big(earlier.amount).eq(told.amount);
    if (!isSame) throw otherRefund(told.id);
    return { payment: before, repeated: true };
  }
  checkAmount(before, told.amount);
  if (!(await insertRefund(tx, organizationId, { ...told, paymentId: before.id }))) throw otherRefund(told.id);
  const payment = (await selectPayment(tx, organizationId, paymentId)) as Payment;
  const state = (await readInvoicePayments(tx, organizationId, [invoice], today)).get(invoice.id);
  const data = { ...presentPayment(payment), refund: told.id, invoice_payment: state };
  await insertOutbox(tx, { organizationId, type: 'payment.refunded', subject: payment.id, data });
  return { payment, repeated: false };
}

const otherRefund = (id: string) =>
  new ApiError(
    'id_mismatch',
    `There is a refund ${id} with other fields. Nothing was changed: send another id for another refund.`,
  );

/** What else is wrong with a refund that its schema refused. The body may be anything. */
export async function refundFaultsOfRefused(
  tx: Transaction,
  organizationId: number,
  paymentId: string,
  body: unknown,
): Promise<FieldError[]> {
  const payment = await selectPayment(tx, organizationId, paymentId);
  return payment === null ? [] : digitFaults(payment, readableFields(refundSchema, body).amount);
}

function digitFaults({ currency }: Payment, amount: string | undefined): FieldError[] {
  const detail = digitsFault(amount, currency);
  return detail === undefined ? [] : [{ pointer: '/amount', detail }];
}

function checkAmount(payment: Payment, amount: string): void {
  const { currency } = payment;
  const faults = digitFaults(payment, amount);
  if (faults.length > 0) throw invalidFields(faults);
  const left = leftOfPayment(payment);
  if (left.gte(amount)) return;
  const credited = new Big(payment.credited).eq('0')
    ? ''
    : ` (${amountString(payment.credited, currency)} of it went to the credit balance: take it from there)`;
  throw new ApiError(
    'refund_too_high',
    `Of payment ${payment.id} ${amountString(left, currency)} ${currency} are left${credited}; ${amountString(amount, currency)} cannot be refunded.`,
  );
}
