import { z } from 'zod';
import { addressLinesSchema, emailSchema, lineSchema, taxIdSchema, timeZoneSchema } from './fields.ts';
import { taxRateKeysSchema } from './tax-rate-schema.ts';

/** What documents print about the seller. */
export const sellerSchema = z.strictObject({
  name: lineSchema().optional(),
  address_lines: addressLinesSchema.optional(),
  tax_id: taxIdSchema.optional(),
  email: emailSchema.optional(),
});

export type Seller = z.infer<typeof sellerSchema>;

export const organizationSchema = z.strictObject({
  name: lineSchema(),
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
});

/** An organization as it is stored. */
export interface Organization {
  readonly id: number;
  readonly name: string;
  readonly eventMaxAgeDays: number;
  readonly eventMaxAheadSeconds: number;
  readonly graceMinutes: number;
  readonly timeZone: string;
  readonly seller: Seller;
  readonly paymentTermsDays: number;
  /** Keys, of customers that have no rates of their own. */
  readonly taxRates: readonly string[];
  readonly createdAt: Date;
}

export type OrganizationSettings = Omit<Organization, 'id' | 'createdAt'>;
