import { z } from 'zod';
import { type Charge, chargeSchema, currencySchema } from '#libs/pricing/charge-schema.ts';
import { amountSchema, discountPercentSchema } from '#libs/pricing/decimal-schema.ts';
import { priceSchema } from '#libs/pricing/price-schema.ts';
import { slugSchema } from './fields.ts';

/** What a subscription has instead of what its plan says, by charge key. */

const overrideSchema = z
  .strictObject({
    price: priceSchema.optional(),
    prices: z.record(currencySchema, priceSchema).optional(),
    included_units: amountSchema.optional(),
    discount_percent: discountPercentSchema.optional(),
    maximum_amount: amountSchema.optional(),
    minimum_amount: amountSchema.optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, 'must hold what is to be different');

export const overridesSchema = z.record(slugSchema, overrideSchema);

export type Override = z.infer<typeof overrideSchema>;
export type Overrides = Readonly<Record<string, Override>>;

/** A charge as the subscription has it. A price stands for all prices of the plan's charge, and prices for its price. */
export function overridden(terms: unknown, override: Override | undefined): unknown {
  if (override === undefined || typeof terms !== 'object' || terms === null) return terms;
  const { price, prices, ...rest } = terms as Charge;
  const priced = override.price || override.prices ? {} : { ...(price && { price }), ...(prices && { prices }) };
  return { ...rest, ...priced, ...override };
}

/** Faults of a charge after its override; paths begin at the charge. */
export function overrideFaults(terms: unknown, override: Override): readonly z.core.$ZodIssue[] {
  const parsed = chargeSchema.safeParse(overridden(terms, override));
  return parsed.success ? [] : parsed.error.issues;
}
