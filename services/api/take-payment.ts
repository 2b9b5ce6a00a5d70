import { readableFields } from '#libs/catalog/readable-fields.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { selectInvoice } from '#libs/invoicing/store/select-invoice.ts';
import { giveCredit } from '#libs/ledger/run/give-credit.ts';
import { amountString } from '#libs/money/amount-string.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { isSamePayment } from '#libs/payments/is-same-payment.ts';
import { type Payment, type PaymentInput, paymentSchema } from '#libs/payments/payment-schema.ts';
import { splitPayment } from '#libs/payments/split-payment.ts';
import { insertPayment } from '#libs/payments/store/insert-payment.ts';
import { selectPayment } from '#libs/payments/store/select-payment.ts';
import { lockPayable, refuseVoided } from './lock-payable.ts';
import { type InvoicePayment, readInvoicePayments } from './payment-states.ts';
import { presentPayment } from './present-payment.ts';

/** What happened: `repeated`, it was told before and nothing was done now. */
export interface TakenPayment {
  readonly payment: Payment;
  readonly repeated: boolean;
}

/**
 * Takes a payment of an invoice. The invoice is locked before what is left to pay is read, so that payments at once are taken one after the
 * other; payment, credit and outbox are the caller's transaction. `today`: where the seller is.
 */
export async function takePayment(
  tx: Transaction,
  organizationId: number,
  told: PaymentInput & { readonly id: string },
  today: string,
): Promise<TakenPayment> {
  const invoice = await lockPayable(tx, organizationId, told.invoice);
  const earlier = await selectPayment(tx, organizationId, told.id);
  if (earlier) {
    if (!isSamePayment(earlier, told)) throw otherPayment(told.id);
    return { payment: earlier, repeated: true };
  }
  const faults = paymentFaults(told, invoice, today);
  if (faults.length > 0 || invoice === null) throw invalidFields(faults);
  refuseVoided(invoice);
  const before = await paymentOf(tx, organizationId, invoice, today);
  const { excess } = splitPayment(told.amount, before.amount_remaining);
  if (excess !== '0' && told.overpayment === undefined) throw tooHigh(told, invoice, before, excess);

  const customerId = invoice.customerId;
  if (!(await insertPayment(tx, organizationId, { ...told, customerId, credited: excess })))
    throw otherPayment(told.id);
  const { currency } = told;
  if (excess !== '0')
    await giveCredit(tx, organizationId, {
      from: { kind: 'overpayment', id: told.id },
      customerId,
      currency,
      amount: excess,
    });
  const payment = (await selectPayment(tx, organizationId, told.id)) as Payment;
  await tell(tx, organizationId, payment, before, await paymentOf(tx, organizationId, invoice, today));
  return { payment, repeated: false };
}

const otherPayment = (id: string) =>
  new ApiError(
    'id_mismatch',
    `There is a payment ${id} with other fields. Nothing was changed: send another id for another payment.`,
  );

/** What else is wrong with a payment that its schema refused; nothing is locked. The body may be anything. */
export async function paymentFaultsOfRefused(
  tx: Transaction,
  organizationId: number,
  body: unknown,
  today: string,
): Promise<FieldError[]> {
  const told = readableFields(paymentSchema, body);
  const invoice = told.invoice === undefined ? null : await selectInvoice(tx, organizationId, told.invoice);
  return paymentFaults(told, invoice?.kind === 'invoice' ? invoice : null, today);
}

/** `told`: what of it can be read. `invoice`: null, there is none. */
function paymentFaults(told: Partial<PaymentInput>, invoice: StoredInvoice | null, today: string): FieldError[] {
  const faults: FieldError[] = [];
  if (invoice === null && told.invoice !== undefined)
    faults.push({ pointer: '/invoice', code: 'unknown_invoice', detail: `There is no invoice ${told.invoice}.` });
  if (invoice !== null && told.currency !== undefined && invoice.document.currency !== told.currency)
    faults.push({
      pointer: '/currency',
      code: 'currency_mismatch',
      detail: `must be ${invoice.document.currency}, the currency of invoice ${invoice.number}`,
    });
  if (told.received_on !== undefined && told.received_on > today)
    faults.push({ pointer: '/received_on', code: 'in_the_future', detail: `must not be after today (${today})` });
  return faults;
}

function tooHigh(told: PaymentInput, { number }: StoredInvoice, before: InvoicePayment, excess: string): ApiError {
  const { currency } = told;
  return new ApiError(
    'payment_too_high',
    `Of invoice ${number} ${before.amount_remaining} ${currency} are left to pay; ${amountString(told.amount, currency)} are ${amountString(excess, currency)} more. Send "overpayment": "credit" to put the rest onto the customer's credit balance.`,
  );
}

async function paymentOf(
  tx: Transaction,
  organizationId: number,
  invoice: StoredInvoice,
  today: string,
): Promise<InvoicePayment> {
  return (await readInvoicePayments(tx, organizationId, [invoice], today)).get(invoice.id) as InvoicePayment;
}

async function tell(
  tx: Transaction,
  organizationId: number,
  payment: Payment,
  before: InvoicePayment,
  after: InvoicePayment,
): Promise<void> {
  const { invoice, customer, currency, ...rest } = presentPayment(payment);
  const data = { ...rest, invoice, customer, currency, invoice_payment: after };
  await insertOutbox(tx, { organizationId, type: 'payment.received', subject: payment.id, data });
  if (before.status === 'paid' || after.status !== 'paid') return;
  await insertOutbox(tx, {
    organizationId,
    type: 'invoice.paid',
    subject: invoice.id,
    data: { ...invoice, customer, currency, payment: after },
  });
}
