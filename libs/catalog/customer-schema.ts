import { z } from 'zod';
import {
  addressLinesSchema,
  customerKeySchema,
  emailSchema,
  lineSchema,
  taxIdSchema,
  timeZoneSchema,
} from './fields.ts';

const MAX_ALIASES = 100;

const aliasesSchema = z
  .array(customerKeySchema)
  .max(MAX_ALIASES)
  .refine((names) => new Set(names).size === names.length, 'must not name one alias twice')
  .describe('Other names under which events name it; each belongs to one customer and is no key of another');

export const customerSchema = z.strictObject({
  key: customerKeySchema.describe('What events name as their customer'),
  aliases: aliasesSchema.default([]),
  name: lineSchema(),
  email: emailSchema.nullable().default(null),
  address_lines: addressLinesSchema.default([]),
  tax_id: taxIdSchema.nullable().default(null),
  time_zone: timeZoneSchema
    .default('UTC')
    .describe('Where its months begin; pinned by each subscription when it is made'),
});

/** Only what is named changes. */
export const customerChangeSchema = z.strictObject({
  aliases: aliasesSchema.optional(),
  name: lineSchema().optional(),
  email: emailSchema.nullable().optional(),
  address_lines: addressLinesSchema.optional(),
  tax_id: taxIdSchema.nullable().optional(),
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
  readonly timeZone: string;
  readonly createdAt: Date;
}
