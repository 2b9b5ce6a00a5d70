import { z } from 'zod';
import { parseDecimal } from '#libs/money/parse-decimal.ts';

/**
 * Prices as they are sent, stored and printed: one shape per model, figures as decimal strings in the plan's currency. A price
 * that passes here can be applied to any quantity without a further check.
 */

/** A decimal string that is not negative: what one unit or one fee costs. */
const amountSchema = z
  .string()
  .superRefine((text, context) => {
    const result = parseDecimal(text);
    if (!result.ok) context.addIssue({ code: 'custom', message: result.message });
    else if (result.value.lt('0')) context.addIssue({ code: 'custom', message: 'must not be negative' });
  })
  .meta({
    description: 'Decimal string, not negative, at most 30 digits before and 15 after the point.',
    example: '0.002',
  });

/** A tier bound is more than zero: the first tier begins at zero. */
const boundSchema = z
  .string()
  .superRefine((text, context) => {
    const result = parseDecimal(text);
    if (!result.ok) context.addIssue({ code: 'custom', message: result.message });
    else if (result.value.lte('0')) context.addIssue({ code: 'custom', message: 'must be more than 0' });
  })
  .meta({ description: 'Decimal string, more than zero.', example: '1000' });

const tierSchema = z.strictObject({
  up_to: boundSchema
    .nullable()
    .meta({ description: 'Last quantity of the tier, inclusive; null for the last, open tier.' }),
  unit_amount: amountSchema,
  flat_amount: amountSchema
    .optional()
    .meta({ description: 'Charged once when the tier is entered; the first one at zero usage too.' }),
});

const flatPriceSchema = z
  .strictObject({ model: z.literal('flat'), amount: amountSchema })
  .meta({ title: 'Flat', description: 'The amount, whatever the quantity.' });

const perUnitPriceSchema = z
  .strictObject({ model: z.literal('per_unit'), unit_amount: amountSchema })
  .meta({ title: 'Per unit', description: 'The unit amount for each unit.' });

const graduatedPriceSchema = z
  .strictObject({
    model: z.literal('graduated'),
    tiers: z
      .array(tierSchema)
      .min(1, 'must hold at least one tier, the last with "up_to": null')
      .superRefine(checkBounds),
  })
  .meta({ title: 'Graduated', description: 'Each unit costs what the tier that it lies in says.' });

export const priceSchema = z.discriminatedUnion('model', [flatPriceSchema, perUnitPriceSchema, graduatedPriceSchema]);

export type Price = z.infer<typeof priceSchema>;
export type FlatPrice = z.infer<typeof flatPriceSchema>;
export type PerUnitPrice = z.infer<typeof perUnitPriceSchema>;
export type GraduatedPrice = z.infer<typeof graduatedPriceSchema>;
export type Tier = z.infer<typeof tierSchema>;

function checkBounds(tiers: Tier[], context: z.RefinementCtx): void {
  for (const [index, tier] of tiers.entries()) {
    const fault = boundFault(tier, tiers[index - 1], index === tiers.length - 1);
    if (fault !== null) context.addIssue({ code: 'custom', path: [index, 'up_to'], message: fault });
  }
}

function boundFault(tier: Tier, before: Tier | undefined, isLast: boolean): string | null {
  if (isLast)
    return tier.up_to === null ? null : 'must be null: the last tier is open, so that every quantity has a price';
  if (tier.up_to === null) return 'must be a number: only the last tier is open';
  // A bound that is no decimal has its own issue already; there is nothing to compare it with.
  const bound = parseDecimal(tier.up_to);
  const lower = parseDecimal(before?.up_to);
  if (!bound.ok || !lower.ok || bound.value.gt(lower.value)) return null;
  return `must be more than the bound of the tier before (${before?.up_to})`;
}
