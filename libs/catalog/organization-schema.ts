import { z } from 'zod';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { addressLinesSchema, EVEN_IF_FAULTY, emailSchema, lineSchema, taxIdSchema, timeZoneSchema } from './fields.ts';
import { taxRateKeysSchema } from './tax-rate-schema.ts';

/** What documents print about the seller. */
export const sellerSchema = z.strictObject({
  name: lineSchema().optional(),
  address_lines: addressLinesSchema.optional(),
  tax_id: taxIdSchema.optional(),
  email: emailSchema.optional(),
  bank_details: z
    .array(z.strictObject({ label: lineSchema(40), value: lineSchema(80) }))
    .max(6)
    .optional()
    .describe('Printed where the reader looks for how to pay'),
});

export type Seller = z.infer<typeof sellerSchema>;

const patternSchema = z
  .string()
  .max(60)
  .regex(
    /^(?:[A-Za-z0-9 ._/#-]|\{year\})*\{number(?::(?:[1-9]|1[0-2]))?\}(?:[A-Za-z0-9 ._/#-]|\{year\})*$/,
    'must hold {number} or {number:6} once, {year} if wanted, and else letters, digits, spaces and . _ / # -',
  );

/** How documents are numbered. Two documents of an organization never have the same number. */
export const numberingSchema = z
  .strictObject({
    invoice: patternSchema.default('INV-{year}-{number:6}'),
    credit_note: patternSchema.default('CN-{year}-{number:6}'),
    reset: z.enum(['never', 'yearly']).default('yearly').describe('Whether numbers begin anew with each year'),
  })
  .superRefine((value, context) => {
    const told = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (value?.invoice === value?.credit_note) told('credit_note', 'must differ from that of invoices');
    for (const field of ['invoice', 'credit_note'] as const)
      if (value?.reset === 'yearly' && !String(value[field]).includes('{year}'))
        told(field, 'must hold {year}: numbers begin anew with each year');
  }, EVEN_IF_FAULTY);

const documentUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(500)
  .refine((url) => url.includes('{id}') || url.includes('%7Bid%7D'), "must hold {id}, the place of the document's id");

/** Fixed when an organization is made. A test organization can be deleted whole. */
export const modeSchema = z.enum(['live', 'test']);

export const organizationSchema = z.strictObject({
  name: lineSchema(),
  mode: modeSchema.default('live').describe('Never changes; a test organization can be deleted with all it holds'),
  event_max_age_days: z
    .int()
    .min(1)
    .max(100, 'must be at most 100: identities are kept that long, and an older event could count twice')
    .default(35)
    .describe('How many days an event may lie back when it arrives'),
  event_max_ahead_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('How far an event may lie ahead when it arrives'),
  grace_minutes: z.int().min(0).max(44_640).default(60).describe('A period is billed this long after its end'),
  time_zone: timeZoneSchema.default('UTC').describe('Decides issue dates'),
  seller: sellerSchema.default({}),
  payment_terms_days: z.int().min(0).max(365).default(14).describe('Days from issue to due date'),
  tax_rates: taxRateKeysSchema
    .default([])
    .describe('Keys of the tax rates that customers pay who have none of their own'),
  currency: currencySchema
    .nullable()
    .default(null)
    .describe('Its own: documents in another tell the exchange rate and the figures in this one too'),
  numbering: numberingSchema.prefault({}),
  document_url: documentUrlSchema
    .nullable()
    .default(null)
    .describe('Where a document can be looked at, with {id}; printed as a QR code'),
  document_notes: z.array(lineSchema(500)).max(10).default([]).describe('Printed below the totals of invoices'),
  dead_letters: z
    .enum(['warn', 'block'])
    .default('warn')
    .describe('Whether events that could not be counted keep the periods they fall in from being billed'),
  retention_years: z
    .int()
    .min(0)
    .max(99)
    .default(10)
    .describe('So many whole calendar years after the one of its last document a customer cannot be erased'),
});

export type OrganizationInput = z.infer<typeof organizationSchema>;

/** Only what is named changes; `seller` is replaced as a whole. */
export const organizationChangeSchema = z.strictObject({
  name: lineSchema().optional(),
  event_max_age_days: organizationSchema.shape.event_max_age_days.unwrap().optional(),
  event_max_ahead_seconds: organizationSchema.shape.event_max_ahead_seconds.unwrap().optional(),
  grace_minutes: organizationSchema.shape.grace_minutes.unwrap().optional(),
  time_zone: timeZoneSchema.optional(),
  seller: sellerSchema.optional(),
  payment_terms_days: organizationSchema.shape.payment_terms_days.unwrap().optional(),
  tax_rates: taxRateKeysSchema.optional(),
  currency: currencySchema.nullable().optional(),
  numbering: numberingSchema.optional(),
  document_url: documentUrlSchema.nullable().optional(),
  document_notes: organizationSchema.shape.document_notes.unwrap().optional(),
  dead_letters: organizationSchema.shape.dead_letters.unwrap().optional(),
  retention_years: organizationSchema.shape.retention_years.unwrap().optional(),
});

/** An organization as it is stored. */
export interface Organization {
  readonly id: number;
  readonly name: string;
  readonly mode: z.infer<typeof modeSchema>;
  readonly eventMaxAgeDays: number;
  readonly eventMaxAheadSeconds: number;
  readonly graceMinutes: number;
  readonly timeZone: string;
  readonly seller: Seller;
  readonly paymentTermsDays: number;
  /** Keys, of customers that have no rates of their own. */
  readonly taxRates: readonly string[];
  readonly currency: string | null;
  readonly numbering: z.infer<typeof numberingSchema>;
  readonly documentUrl: string | null;
  readonly documentNotes: readonly string[];
  readonly deadLetters: 'warn' | 'block';
  readonly retentionYears: number;
  readonly createdAt: Date;
}

export type OrganizationSettings = Omit<Organization, 'id' | 'createdAt'>;
