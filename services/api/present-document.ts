import { z } from 'zod';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { idSchema, timeSchema } from './fields.ts';
import { type InvoicePayment, invoicePaymentSchema } from './payment-states.ts';
import { bodyShape, bodySummaryShape, presentBody, presentBodySummary } from './present-body.ts';

/** Invoices and credit notes as the API shows them. */

const linkSchema = z.object({ id: idSchema, number: z.string() });

const finalShape = {
  id: idSchema,
  kind: z.enum(['invoice', 'credit_note']),
  number: z.string(),
  state: z.enum(['finalized', 'voided']),
  billing_run: idSchema.nullable(),
  due_date: z.iso.date(),
  payment: invoicePaymentSchema.nullable().describe('null: a credit note'),
  voided: z.object({ at: timeSchema, reason: z.string(), credit_note: linkSchema }).nullable(),
  replaced_by: linkSchema.nullable(),
  finalized_at: timeSchema,
};

export const documentSummarySchema = z.object({ ...finalShape, ...bodySummaryShape });

export const documentSchema = z.object({
  ...finalShape,
  ...bodyShape,
  url: z.string().nullable(),
  hash: z.string().describe('SHA-256 of this document in its chain, printed on the PDF'),
  previous_hash: z.string(),
});

/** `payment`: of an invoice, from readInvoicePayments. */
const presentFinal = (invoice: StoredInvoice, payment: InvoicePayment | undefined) => ({
  id: invoice.id,
  kind: invoice.kind,
  number: invoice.number,
  state: invoice.state,
  billing_run: invoice.billingRunId,
  due_date: invoice.document.due_date,
  payment: payment ?? null,
  voided: invoice.voided && {
    at: invoice.voided.at.toISOString(),
    reason: invoice.voided.reason,
    credit_note: invoice.voided.creditNote,
  },
  replaced_by: invoice.replacedBy,
  finalized_at: invoice.finalizedAt.toISOString(),
});

export const presentSummary = (
  invoice: StoredInvoice,
  payment: InvoicePayment | undefined,
): z.infer<typeof documentSummarySchema> => ({
  ...presentFinal(invoice, payment),
  ...presentBodySummary(invoice.document),
});

export const presentDocument = (invoice: StoredInvoice, payment: InvoicePayment | undefined) => ({
  ...presentFinal(invoice, payment),
  ...presentBody(invoice.document),
  url: invoice.document.url ?? null,
  hash: invoice.hash.toString('hex'),
  previous_hash: invoice.previousHash.toString('hex'),
});
