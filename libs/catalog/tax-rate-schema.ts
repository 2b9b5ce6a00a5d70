import { z } from 'zod';
import { taxRateSchema as quotedRateSchema } from '#libs/pricing/quote/quote-schema.ts';
import { chargeKeysSchema, dateSchema, EVEN_IF_FAULTY, slugSchema } from './fields.ts';

const MAX_RATES = 20;

/** One entry of a rate: what it is from a day on. */
export const taxRateSchema = z
  .strictObject({
    key: slugSchema,
    name: quotedRateSchema.shape.name.describe('What invoices call it'),
    percent: quotedRateSchema.shape.percent,
    inclusive: quotedRateSchema.shape.inclusive,
    charges: chargeKeysSchema.optional(),
    valid_from: dateSchema,
    valid_to: dateSchema.optional().describe('First day on which it holds no more; open if left out'),
  })
  .superRefine((value, context) => {
    const [from, to] = [dateSchema.safeParse(value?.valid_from), dateSchema.safeParse(value?.valid_to)];
    if (from.success && to.success && to.data <= from.data)
      context.addIssue({ code: 'custom', path: ['valid_to'], message: `must be after valid_from (${from.data})` });
  }, EVEN_IF_FAULTY);

export const taxRateEndSchema = z.strictObject({
  valid_to: dateSchema.describe('First day on which it holds no more. The same as its first day withdraws the entry'),
  valid_from: dateSchema.optional().describe('First day of the entry that ends; the last entry if left out'),
});

/** Rates of a customer, or of an organization for its customers. */
export const taxRateKeysSchema = z
  .array(slugSchema)
  .max(MAX_RATES)
  .refine((keys) => new Set(keys).size === keys.length, 'must not name one tax rate twice');

/** An entry as it is stored. */
export interface TaxRateEntry {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly percent: string;
  readonly inclusive: boolean;
  /** Null: all. */
  readonly charges: readonly string[] | null;
  /** Half open. Both the same: withdrawn. */
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly createdAt: Date;
}

export type TaxRateSpan = Pick<TaxRateEntry, 'validFrom' | 'validTo'>;

export const holdsOn = ({ validFrom, validTo }: TaxRateSpan, day: string): boolean =>
  validFrom <= day && (validTo === null || day < validTo);

export const isWithdrawn = ({ validFrom, validTo }: TaxRateSpan): boolean => validFrom === validTo;

/** Whether some day has both. */
export const doOverlap = (one: TaxRateSpan, other: TaxRateSpan): boolean =>
  !isWithdrawn(one) &&
  !isWithdrawn(other) &&
  (one.validTo === null || other.validFrom < one.validTo) &&
  (other.validTo === null || one.validFrom < other.validTo);
