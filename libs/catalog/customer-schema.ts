import { z } from 'zod';
import type { TaxTreatment } from '#libs/pricing/totals/bill.ts';
import {
  addressLinesSchema,
  customerKeySchema,
  EVEN_IF_FAULTY,
  emailSchema,
  lineSchema,
  taxIdSchema,
  timeZoneSchema,
} from './fields.ts';
import { taxRateKeysSchema } from './tax-rate-schema.ts';
import { taxReasonSchema, taxTreatmentSchema, treatmentFaults } from './tax-treatment.ts';

const MAX_ALIASES = 100;

const aliasesSchema = z
  .array(customerKeySchema)
  .max(MAX_ALIASES)
  .refine((names) => new Set(names).size === names.length, 'must not name one alias twice')
  .describe('Other names under which events name it; each belongs to one customer and is no key of another');

const ownRatesSchema = taxRateKeysSchema
  .nullable()
  .describe('Keys of the tax rates it pays; null: those of the organization; empty: none');

const ownGraceSchema = z
  .int()
  .min(0)
  .max(44_640)
  .nullable()
  .describe('Its periods are billed this long after their end; null: as the organization says');

const ownTermsSchema = z
  .int()
  .min(0)
  .max(365)
  .nullable()
  .describe('Days from issue to due date; null: as the organization says');

export const customerSchema = z
  .strictObject({
    key: customerKeySchema.describe('What events name as their customer'),
    aliases: aliasesSchema.default([]),
    name: lineSchema(),
    email: emailSchema.nullable().default(null),
    address_lines: addressLinesSchema.default([]),
    tax_id: taxIdSchema.nullable().default(null),
    tax_treatment: taxTreatmentSchema.default('standard'),
    tax_treatment_reason: taxReasonSchema.nullable().default(null),
    tax_rates: ownRatesSchema.default(null),
    grace_minutes: ownGraceSchema.default(null),
    payment_terms_days: ownTermsSchema.default(null),
    time_zone: timeZoneSchema
      .default('UTC')
      .describe('Where its months begin; pinned by each subscription when it is made'),
  })
  .superRefine((value, context) => {
    for (const { field, detail } of treatmentFaults(value?.tax_treatment, value?.tax_treatment_reason, value?.tax_id))
      context.addIssue({ code: 'custom', path: [field], message: detail });
  }, EVEN_IF_FAULTY);

/** Only what is named changes; what the tax treatment asks of the other fields is judged of the result. */
export const customerChangeSchema = z.strictObject({
  aliases: aliasesSchema.optional(),
  name: lineSchema().optional(),
  email: emailSchema.nullable().optional(),
  address_lines: addressLinesSchema.optional(),
  tax_id: taxIdSchema.nullable().optional(),
  tax_treatment: taxTreatmentSchema.optional(),
  tax_treatment_reason: taxReasonSchema.nullable().optional(),
  tax_rates: ownRatesSchema.optional(),
  grace_minutes: ownGraceSchema.optional(),
  payment_terms_days: ownTermsSchema.optional(),
  time_zone: timeZoneSchema.optional(),
});

/** A customer as it is stored. */
export interface Customer {
  readonly id: string;
  readonly key: string;
  /** In order. Events that bear one of them are its own too. */
  readonly aliases: readonly string[];
  readonly name: string;
  readonly email: string | null;
  readonly addressLines: readonly string[];
  readonly taxId: string | null;
  readonly taxTreatment: TaxTreatment;
  /** Null if the treatment is standard. */
  readonly taxTreatmentReason: string | null;
  /** Keys of its own tax rates; null: those of the organization. */
  readonly taxRates: readonly string[] | null;
  /** Null: those of the organization. */
  readonly graceMinutes: number | null;
  readonly paymentTermsDays: number | null;
  readonly timeZone: string;
  readonly createdAt: Date;
  /** When its personal data was removed; nothing of it changes any more. */
  readonly erasedAt: Date | null;
}
