import { z } from 'zod';
import { INTERVALS } from '#libs/catalog/billing-period.ts';
import { EVEN_IF_FAULTY, lineSchema, slugSchema, valueSchema } from '#libs/catalog/fields.ts';
import { isCurrency } from '#libs/money/currency.ts';
import { amountSchema, discountPercentSchema, positiveSchema, readFigure } from './decimal-schema.ts';
import { eitherOf } from './either-of.ts';
import { type PriceModel, priceSchema } from './price-schema.ts';

/** A charge as it is sent, stored and priced: what is counted, what it costs, and what is done around the price. */

const MAX_GROUP_BY = 10;
const MAX_PLACES = 15;

export const currencySchema = z
  .string()
  .refine(isCurrency, 'must be a currency of ISO 4217 in capital letters, such as USD')
  .meta({ example: 'USD' });

const convertSchema = z
  .strictObject({
    divide: positiveSchema.optional(),
    multiply: positiveSchema.optional(),
    round: z.enum(['up', 'down', 'half_up', 'none']).default('none'),
    places: z.int().min(0).max(MAX_PLACES).default(0).describe('Digits after the point that rounding leaves'),
  })
  .superRefine(eitherOf('divide', 'multiply'), EVEN_IF_FAULTY);

const propertySchema = lineSchema();

export const chargeSchema = z
  .strictObject({
    key: slugSchema,
    name: lineSchema().optional().describe('What invoices call it; the key if left out'),
    meter: slugSchema.optional().describe('Key of the meter that counts it; left out for a fee'),
    filter: z
      .record(propertySchema, z.array(valueSchema).min(1).max(100))
      .optional()
      .describe('Only usage whose group-by properties have one of these values'),
    group_by: z
      .array(propertySchema)
      .min(1)
      .max(MAX_GROUP_BY)
      .refine((names) => new Set(names).size === names.length, 'must not name a property twice')
      .optional()
      .describe(
        'A line of its own, with tiers, packages and free units of its own, for each combination of these properties',
      ),
    price: priceSchema.optional(),
    prices: z.record(currencySchema, priceSchema).optional().describe('Instead of `price`: one for each currency'),
    quantity: slugSchema.optional().describe('Name of a quantity of the subscription that is priced, such as seats'),
    billing: z.enum(['in_arrears', 'in_advance', 'once']).default('in_arrears'),
    every: z.enum(INTERVALS).optional().describe("How often it is billed where that is not the plan's period"),
    convert: convertSchema.optional().describe('Before anything else: units of the meter into units of the price'),
    included_units: amountSchema.optional().describe('Taken off the quantity before it is priced'),
    discount_percent: discountPercentSchema.optional(),
    maximum_amount: amountSchema.optional(),
    minimum_amount: amountSchema.optional().describe('What is missing to it becomes a line of its own'),
    prorate: z
      .boolean()
      .default(true)
      .describe('Whether fees and the minimum are shared by days in a part of a period'),
    unit: z
      .strictObject({ name: lineSchema(32), rate: positiveSchema })
      .optional()
      .describe('The unit in which the price is written, such as credits, and what one of them is worth in money'),
  })
  .superRefine(checkCharge, EVEN_IF_FAULTY);

export type Charge = z.infer<typeof chargeSchema>;

/** Models that count money or look at properties: no seats, and some nothing that is included. */
const WITHOUT_INCLUDED: readonly PriceModel[] = ['percentage', 'dynamic'];
const NOT_OF_SEATS: readonly PriceModel[] = ['percentage', 'graduated_percentage', 'matrix', 'dynamic'];
const ONLY_OF_USAGE = ['meter', 'filter', 'group_by', 'convert', 'included_units', 'quantity'] as const;

/** A charge that may be faulty; only what can be read is looked at, since the rest has a complaint already. */
type Loose = Partial<Record<keyof Charge, unknown>>;

function checkCharge(value: unknown, context: z.RefinementCtx): void {
  if (typeof value !== 'object' || value === null) return;
  const charge = value as Loose;
  const complain = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if (charge.price === undefined && charge.prices === undefined)
    complain('price', 'is missing: send price, or prices by currency');
  if (charge.price !== undefined && charge.prices !== undefined) complain('prices', 'must be left out beside price');
  if (typeof charge.prices === 'object' && charge.prices !== null && Object.keys(charge.prices).length === 0)
    complain('prices', 'must hold a price for at least one currency');
  const models = modelsOf(charge);
  if (new Set(models).size > 1)
    complain('prices', `must be of one model in all currencies, not ${[...new Set(models)].join(' and ')}`);
  const [model] = models;
  if (model === 'flat')
    for (const field of ONLY_OF_USAGE)
      if (charge[field] !== undefined) complain(field, 'must be left out: a flat price counts nothing');
  if (model !== undefined && WITHOUT_INCLUDED.includes(model) && charge.included_units !== undefined)
    complain('included_units', `must be left out: a ${model} price counts money, not units`);
  if (model !== undefined && NOT_OF_SEATS.includes(model) && charge.quantity !== undefined)
    complain('quantity', `must be left out: a ${model} price cannot price a quantity of the subscription`);
  if (charge.meter !== undefined && charge.quantity !== undefined && model !== 'flat')
    complain('quantity', 'must be left out beside meter: one of the two is priced');
  if (charge.meter !== undefined && (charge.billing === 'in_advance' || charge.billing === 'once'))
    complain('billing', 'must be in_arrears: usage is known only afterwards');
  if (charge.billing === 'once' && charge.every !== undefined) complain('every', 'must be left out: it is billed once');
  for (const field of ['filter', 'group_by'] as const)
    if (charge.quantity !== undefined && model !== 'flat' && charge[field] !== undefined)
      complain(field, 'must be left out: a quantity of the subscription has no properties');
  checkMatrixGroups(charge, complain);
  const [least, most] = [readFigure(charge.minimum_amount), readFigure(charge.maximum_amount)];
  if (least && most?.lt(least)) complain('maximum_amount', `must not be less than minimum_amount (${least.toFixed()})`);
}

/** A matrix makes groups of its dimensions by itself, of the same in all currencies; group_by may add to them. */
function checkMatrixGroups(charge: Loose, complain: (field: string, message: string) => void): void {
  const matrices = pricesOf(charge).flatMap((price) => {
    const { model, dimensions } = (price ?? {}) as { model?: unknown; dimensions?: unknown };
    const isRead = Array.isArray(dimensions) && dimensions.every((name) => typeof name === 'string');
    return model === 'matrix' && isRead ? [dimensions] : [];
  });
  const [dimensions] = matrices;
  if (!dimensions) return;
  if (new Set(matrices.map((names) => JSON.stringify(names.toSorted()))).size > 1)
    complain('prices', 'must have the same dimensions in all currencies: usage is grouped by them');
  const { group_by: groupBy } = charge;
  if (!Array.isArray(groupBy)) return;
  const missing = dimensions.filter((name) => !groupBy.includes(name));
  if (missing.length > 0) complain('group_by', `must hold the dimensions of the matrix too: ${missing.join(', ')}`);
}

const pricesOf = ({ price, prices }: Loose): readonly unknown[] => [
  price,
  ...(typeof prices === 'object' && prices !== null ? Object.values(prices) : []),
];

function modelsOf(charge: Loose): PriceModel[] {
  return pricesOf(charge).flatMap((one) => {
    const { model } = (one ?? {}) as { model?: unknown };
    return typeof model === 'string' ? [model as PriceModel] : [];
  });
}
