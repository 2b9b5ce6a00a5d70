import { z } from 'zod';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { idSchema, timeSchema } from './fields.ts';
import { type InvoicePayment, invoicePaymentSchema } from './payment-states.ts';

/** Invoices and credit notes as the API shows them. */

const linkSchema = z.object({ id: idSchema, number: z.string() });

const partySchema = z.object({
  key: z.string().optional(),
  name: z.string(),
  address_lines: z.array(z.string()),
  tax_id: z.string().optional(),
  email: z.string().optional(),
});

const summaryShape = {
  id: idSchema,
  kind: z.enum(['invoice', 'credit_note']),
  number: z.string(),
  state: z.enum(['finalized', 'voided']),
  customer: z.string().describe('Key of the customer'),
  billing_run: idSchema.nullable(),
  issue_date: z.iso.date(),
  due_date: z.iso.date(),
  currency: z.string(),
  period: z
    .object({ from: z.iso.date(), to: z.iso.date(), time_zone: z.string() })
    .describe('Local dates; to is not included'),
  subtotal: z.string(),
  tax_total: z.string(),
  total: z.string(),
  payment: invoicePaymentSchema.nullable().describe('null: a credit note'),
  corrects: z.object({ id: idSchema, number: z.string(), reason: z.string() }).nullable(),
  replaces: linkSchema.nullable(),
  voided: z.object({ at: timeSchema, reason: z.string(), credit_note: linkSchema }).nullable(),
  replaced_by: linkSchema.nullable(),
  finalized_at: timeSchema,
};

export const documentSummarySchema = z.object(summaryShape);

export const documentSchema = z.object({
  ...summaryShape,
  seller: partySchema,
  buyer: partySchema,
  lines: z.array(
    z.looseObject({
      position: z.int(),
      charge_key: z.string(),
      description: z.string(),
      quantity: z.string(),
      amount: z.string(),
    }),
  ),
  watermark: z
    .object({ epoch: z.int(), offsets: z.record(z.string(), z.string()) })
    .describe('Log offsets up to which usage was seen'),
  hash: z.string().describe('SHA-256 of this document in its chain, printed on the PDF'),
  previous_hash: z.string(),
});

/** `payment`: of an invoice, from readInvoicePayments. */
export function presentSummary(
  invoice: StoredInvoice,
  payment: InvoicePayment | undefined,
): z.infer<typeof documentSummarySchema> {
  const { document } = invoice;
  return {
    id: invoice.id,
    kind: invoice.kind,
    number: invoice.number,
    state: invoice.state,
    customer: document.buyer.key,
    billing_run: invoice.billingRunId,
    issue_date: document.issue_date,
    due_date: document.due_date,
    currency: document.currency,
    period: document.period,
    subtotal: document.subtotal,
    tax_total: document.tax_total,
    total: document.total,
    payment: payment ?? null,
    corrects: document.corrects ?? null,
    replaces: document.replaces ?? null,
    voided: invoice.voided && {
      at: invoice.voided.at.toISOString(),
      reason: invoice.voided.reason,
      credit_note: invoice.voided.creditNote,
    },
    replaced_by: invoice.replacedBy,
    finalized_at: invoice.finalizedAt.toISOString(),
  };
}

export const presentDocument = (invoice: StoredInvoice, payment: InvoicePayment | undefined) => ({
  ...presentSummary(invoice, payment),
  seller: invoice.document.seller,
  buyer: invoice.document.buyer,
  lines: invoice.document.lines,
  watermark: invoice.document.watermark,
  hash: invoice.hash.toString('hex'),
  previous_hash: invoice.previousHash.toString('hex'),
});
