import { z } from 'zod';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { TAX_TREATMENTS } from '#libs/pricing/totals/bill.ts';
import { idSchema, timeSchema } from './fields.ts';

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
    .nullable()
    .describe('Local dates; to is not included'),
  subtotal: z.string().describe('Sum of the line amounts'),
  discount_total: z.string(),
  total_excluding_tax: z.string(),
  tax_total: z.string(),
  total: z.string(),
  credit_applied: z.string(),
  prepaid_applied: z.string(),
  amount_due: z.string().describe('What was left to be paid when it was issued'),
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
      description: z.string(),
      quantity: z.string(),
      amount: z.string().describe('Before discounts of the document'),
      discount: z.string(),
      net: z.string().describe('Without discount and tax'),
    }),
  ),
  discounts: z.array(
    z.looseObject({ name: z.string(), lines: z.array(z.int()), taken: z.string().describe('What it took off') }),
  ),
  taxes: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      percent: z.string(),
      inclusive: z.boolean(),
      base: z.string(),
      amount: z.string(),
    }),
  ),
  tax_treatment: z.enum(TAX_TREATMENTS),
  tax_treatment_reason: z.string().nullable(),
  settlement: z
    .object({ offset: z.string(), refund: z.string(), credit: z.string() })
    .nullable()
    .describe('Of a credit note: what became of its total'),
  exchange: z
    .looseObject({ currency: z.string(), rate: z.string(), date: z.iso.date(), source: z.string() })
    .nullable(),
  url: z.string().nullable(),
  notes: z.array(z.string()),
  watermark: z
    .object({ epoch: z.int(), offsets: z.record(z.string(), z.string()) })
    .describe('Log offsets up to which usage was seen'),
  hash: z.string().describe('SHA-256 of this document in its chain, printed on the PDF'),
  previous_hash: z.string(),
});

export function presentSummary(invoice: StoredInvoice): z.infer<typeof documentSummarySchema> {
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
    period: document.period ?? null,
    subtotal: document.subtotal,
    discount_total: document.discount_total,
    total_excluding_tax: document.total_excluding_tax,
    tax_total: document.tax_total,
    total: document.total,
    credit_applied: document.credit_applied,
    prepaid_applied: document.prepaid_applied,
    amount_due: document.amount_due,
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

export const presentDocument = (invoice: StoredInvoice) => ({
  ...presentSummary(invoice),
  seller: invoice.document.seller,
  buyer: invoice.document.buyer,
  lines: invoice.document.lines,
  discounts: invoice.document.discounts,
  taxes: invoice.document.taxes,
  tax_treatment: invoice.document.tax_treatment,
  tax_treatment_reason: invoice.document.tax_treatment_reason ?? null,
  settlement: invoice.document.settlement ?? null,
  exchange: invoice.document.exchange ?? null,
  url: invoice.document.url ?? null,
  notes: invoice.document.notes ?? [],
  watermark: invoice.document.watermark,
  hash: invoice.hash.toString('hex'),
  previous_hash: invoice.previousHash.toString('hex'),
});
