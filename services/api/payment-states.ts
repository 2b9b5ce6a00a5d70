import { z } from 'zod';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import { selectOrganization } from '#libs/catalog/store/select-organization.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { amountString } from '#libs/money/amount-string.ts';
import { PAYMENT_STATUSES, type PaymentState, paymentState } from '#libs/payments/payment-state.ts';
import { selectInvoiceSums } from '#libs/payments/store/select-invoice-sums.ts';

/** How an invoice stands with its payment, as the API shows it. */
export const invoicePaymentSchema = z.object({
  status: z.enum(PAYMENT_STATUSES),
  amount_due: z.string(),
  amount_paid: z.string().describe('Payments less refunds'),
  amount_remaining: z.string(),
});

export type InvoicePayment = z.infer<typeof invoicePaymentSchema>;

/** Today where the seller is: by this day invoices are overdue. */
export async function sellersToday(tx: Transaction, organizationId: number, now: number): Promise<string> {
  return localDateAt(now, (await selectOrganization(tx, organizationId)).timeZone);
}

export function presentPaymentState(
  amountDue: string,
  { status, amountPaid, amountRemaining }: PaymentState,
  currency: string,
): InvoicePayment {
  return {
    status,
    amount_due: amountString(amountDue, currency),
    amount_paid: amountString(amountPaid, currency),
    amount_remaining: amountString(amountRemaining, currency),
  };
}

/** By id of the invoice, for any number of documents with one query; credit notes have none. */
export async function readInvoicePayments(
  tx: Transaction,
  organizationId: number,
  documents: readonly { readonly id: string; readonly document: { readonly currency: string } }[],
  today: string,
): Promise<Map<string, InvoicePayment>> {
  const sums = await selectInvoiceSums(
    tx,
    organizationId,
    documents.map(({ id }) => id),
  );
  return new Map(
    documents.flatMap(({ id, document }) => {
      const own = sums.get(id);
      return own
        ? [[id, presentPaymentState(own.amountDue, paymentState(own, today), document.currency)] as const]
        : [];
    }),
  );
}

/** The same for routes that hold no transaction. */
export async function presentWithPayments(
  pool: Pool,
  organizationId: number,
  documents: readonly StoredInvoice[],
  now: number,
): Promise<(document: StoredInvoice) => InvoicePayment | undefined> {
  const payments = await inOrganization(pool, organizationId, async (tx) =>
    readInvoicePayments(tx, organizationId, documents, await sellersToday(tx, organizationId, now)),
  );
  return ({ id }) => payments.get(id);
}
