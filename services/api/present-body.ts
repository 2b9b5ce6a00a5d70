import { z } from 'zod';
import type { DocumentBody } from '#libs/invoicing/documents/assemble.ts';
import { buyerKey } from '#libs/invoicing/documents/buyer-key.ts';
import { TAX_TREATMENTS } from '#libs/pricing/totals/bill.ts';
import { idSchema } from './fields.ts';

/** What drafts and documents have in common, as the API shows it. */

const linkSchema = z.object({ id: idSchema, number: z.string() });

const partySchema = z.looseObject({ name: z.string(), address_lines: z.array(z.string()) });

export const bodySummaryShape = {
  customer: z.string().nullable().describe('Key of the customer; null once the buyer was erased'),
  issue_date: z.iso.date().describe('Of a draft: if it were issued now'),
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
  amount_due: z.string().describe('What is left to be paid when it is issued'),
  corrects: z
    .object({
      id: idSchema,
      number: z.string(),
      reason: z.string(),
      late: z.literal(true).optional().describe('It follows newer usage'),
    })
    .nullable(),
  replaces: linkSchema.nullable(),
};

export const bodyShape = {
  ...bodySummaryShape,
  seller: partySchema,
  buyer: z.union([
    partySchema.extend({ key: z.string() }),
    z.object({ redacted: z.literal(true), digest: z.string() }),
  ]),
  payment_terms_days: z.int(),
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
  notes: z.array(z.string()),
  watermark: z
    .object({ epoch: z.int(), offsets: z.record(z.string(), z.string()) })
    .describe('Log offsets up to which usage was seen'),
};

export const presentBodySummary = (body: DocumentBody) => ({
  customer: buyerKey(body),
  issue_date: body.issue_date,
  currency: body.currency,
  period: body.period ?? null,
  subtotal: body.subtotal,
  discount_total: body.discount_total,
  total_excluding_tax: body.total_excluding_tax,
  tax_total: body.tax_total,
  total: body.total,
  credit_applied: body.credit_applied,
  prepaid_applied: body.prepaid_applied,
  amount_due: body.amount_due,
  corrects: body.corrects ?? null,
  replaces: body.replaces ?? null,
});

export const presentBody = (body: DocumentBody) => ({
  ...presentBodySummary(body),
  seller: body.seller,
  buyer: presentBuyer(body.buyer),
  payment_terms_days: body.payment_terms_days,
  lines: body.lines,
  discounts: body.discounts,
  taxes: body.taxes,
  tax_treatment: body.tax_treatment,
  tax_treatment_reason: body.tax_treatment_reason ?? null,
  settlement: body.settlement ?? null,
  exchange: body.exchange ?? null,
  notes: body.notes ?? [],
  watermark: body.watermark,
});

/** The salt is for who verifies, and stands in the export. */
function presentBuyer(buyer: DocumentBody['buyer']) {
  if (!('salt' in buyer)) return buyer;
  const { salt: _, ...shown } = buyer;
  return shown;
}
