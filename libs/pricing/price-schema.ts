import { z } from 'zod';
import { EVEN_IF_FAULTY, lineSchema, valueSchema } from '#libs/catalog/fields.ts';
import type { Big } from '#libs/money/decimal.ts';
import { amountSchema, positiveSchema, readFigure } from './decimal-schema.ts';

/**
 * Prices as they are sent, stored and printed: one shape per model, figures as decimal strings in the plan's currency (or in the charge's
 * own unit, such as credits). A price that passes here can be applied to any quantity without a further check.
 */

const MAX_TIERS = 1000;
const MAX_RATES = 10_000;
const MAX_DIMENSIONS = 8;

/** Checks of tiers that no tier can make alone. The first tier begins at zero. */
const tiersOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .array(
      z.strictObject({
        up_to: positiveSchema.nullable().meta({
          description: 'Last quantity of the tier, inclusive; null for the last, open tier.',
          example: '1000',
        }),
        ...shape,
      }),
    )
    .min(1, 'must hold at least one tier, the last with "up_to": null')
    .max(MAX_TIERS)
    .superRefine(checkBounds, EVEN_IF_FAULTY);

const flatAmount = amountSchema
  .optional()
  .meta({ description: 'Charged once when the tier is entered; the first one at zero usage too.', example: '5' });
const rateTiers = tiersOf({ unit_amount: amountSchema, flat_amount: flatAmount });

const flatPrice = z
  .strictObject({ model: z.literal('flat'), amount: amountSchema })
  .meta({ title: 'Flat', description: 'A fixed fee.' });

const perUnitPrice = z
  .strictObject({ model: z.literal('per_unit'), unit_amount: amountSchema })
  .meta({ title: 'Per unit', description: 'The unit amount for each unit.' });

const graduatedPrice = z
  .strictObject({ model: z.literal('graduated'), tiers: rateTiers })
  .meta({ title: 'Graduated', description: 'Each unit costs what the tier that it lies in says.' });

const volumePrice = z
  .strictObject({ model: z.literal('volume'), tiers: rateTiers })
  .meta({ title: 'Volume', description: 'All units cost what the tier that the quantity reaches says.' });

const stairstepPrice = z
  .strictObject({ model: z.literal('stairstep'), tiers: tiersOf({ flat_amount: amountSchema }) })
  .meta({ title: 'Stairstep', description: 'One amount for any quantity within a tier.' });

const packagePrice = z
  .strictObject({
    model: z.literal('package'),
    size: positiveSchema,
    amount: amountSchema,
    round: z
      .enum(['up', 'down'])
      .default('up')
      .meta({ description: 'What a package that is begun counts: one, or none.' }),
  })
  .meta({ title: 'Package', description: 'An amount for each package of `size` units.' });

const percentagePrice = z
  .strictObject({
    model: z.literal('percentage'),
    percent: amountSchema,
    fixed_amount: amountSchema.optional().meta({ description: 'Beside the percentage, for each event.' }),
    free_events: z.int().min(0).optional().meta({ description: 'So many events cost nothing.', example: 3 }),
    free_amount: amountSchema
      .optional()
      .meta({ description: 'The first so much of what the events amount to costs nothing.' }),
    minimum_per_event: amountSchema.optional(),
    maximum_per_event: amountSchema.optional(),
  })
  .superRefine(checkEventLimits, EVEN_IF_FAULTY)
  .meta({ title: 'Percentage', description: 'A share of what the events amount to.' });

const graduatedPercentagePrice = z
  .strictObject({
    model: z.literal('graduated_percentage'),
    tiers: tiersOf({ percent: amountSchema, flat_amount: flatAmount }),
  })
  .meta({ title: 'Graduated percentage', description: 'Each part of the amount pays the percentage of its tier.' });

const matrixPrice = z
  .strictObject({
    model: z.literal('matrix'),
    dimensions: z.array(lineSchema()).min(1).max(MAX_DIMENSIONS),
    rates: z.array(z.strictObject({ values: z.array(valueSchema), unit_amount: amountSchema })).max(MAX_RATES),
    default_unit_amount: amountSchema
      .optional()
      .meta({ description: 'For values that have no rate; without it their usage is an error.' }),
  })
  .superRefine(checkMatrix, EVEN_IF_FAULTY)
  .meta({ title: 'Matrix', description: 'A unit amount for each combination of property values.' });

const dynamicPrice = z
  .strictObject({ model: z.literal('dynamic'), multiplier: positiveSchema.default('1') })
  .meta({ title: 'Dynamic', description: 'What the meter sums up is the amount, times the multiplier.' });

export const priceSchema = z.discriminatedUnion('model', [
  flatPrice,
  perUnitPrice,
  graduatedPrice,
  volumePrice,
  stairstepPrice,
  packagePrice,
  percentagePrice,
  graduatedPercentagePrice,
  matrixPrice,
  dynamicPrice,
]);

export type Price = z.infer<typeof priceSchema>;
export type PriceModel = Price['model'];
export type PriceOf<Model extends PriceModel> = Extract<Price, { model: Model }>;

export const PRICE_MODELS: readonly PriceModel[] = priceSchema.options.map((option) => option.shape.model.value);

type Complain = (path: PropertyKey[], message: string) => void;

const complaints =
  (context: z.RefinementCtx): Complain =>
  (path, message) =>
    context.addIssue({ code: 'custom', path, message });

function checkBounds(tiers: unknown, context: z.RefinementCtx): void {
  if (!Array.isArray(tiers)) return;
  const complain = complaints(context);
  let before: Big | undefined;
  for (const [index, tier] of tiers.entries()) {
    const { up_to: upTo } = (tier ?? {}) as { up_to?: unknown };
    const isLast = index === tiers.length - 1;
    if (upTo === null && !isLast) complain([index, 'up_to'], 'must be a quantity: only the last tier is open');
    const bound = readFigure(upTo);
    if (bound === undefined) continue;
    if (isLast) complain([index, 'up_to'], 'must be null: the last tier is open, so that every quantity has a price');
    else if (before && bound.lte(before))
      complain([index, 'up_to'], `must be more than the bound of the tier before (${before.toFixed()})`);
    before = bound;
  }
}

function checkEventLimits(price: unknown, context: z.RefinementCtx): void {
  const { minimum_per_event: least, maximum_per_event: most } = (price ?? {}) as Record<string, unknown>;
  const [minimum, maximum] = [readFigure(least), readFigure(most)];
  if (minimum && maximum?.lt(minimum))
    complaints(context)(['maximum_per_event'], `must not be less than minimum_per_event (${minimum.toFixed()})`);
}

function checkMatrix(price: unknown, context: z.RefinementCtx): void {
  const complain = complaints(context);
  const { dimensions, rates } = (price ?? {}) as { dimensions?: unknown; rates?: unknown };
  if (!Array.isArray(dimensions) || !Array.isArray(rates)) return;
  for (const [index, name] of dimensions.entries())
    if (dimensions.indexOf(name) < index)
      complain(['dimensions', index], `is named by dimension ${dimensions.indexOf(name)} too`);
  const seen = new Map<string, number>();
  for (const [index, rate] of rates.entries()) {
    const { values } = (rate ?? {}) as { values?: unknown };
    if (!Array.isArray(values)) continue;
    if (values.length !== dimensions.length)
      complain(
        ['rates', index, 'values'],
        `must hold one value for each dimension: ${dimensions.length}, not ${values.length}`,
      );
    // Others have a complaint of their own, and may be nested deeper than JSON.stringify goes.
    if (!values.every((value) => typeof value === 'string')) continue;
    const text = JSON.stringify(values);
    const earlier = seen.get(text);
    if (earlier !== undefined) complain(['rates', index, 'values'], `has a rate already: see rate ${earlier}`);
    else seen.set(text, index);
  }
}
