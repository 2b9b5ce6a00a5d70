import { z } from 'zod';
import { isCurrency } from '#libs/money/currency.ts';
import { type Price, priceSchema } from '#libs/pricing/price-schema.ts';
import { EVEN_IF_FAULTY, lineSchema, slugSchema } from './fields.ts';

const MAX_CHARGES = 100;

export const chargeSchema = z.strictObject({
  key: slugSchema,
  name: lineSchema(),
  meter: slugSchema.optional().describe('Key of the meter that is priced; left out for a fixed fee'),
  price: priceSchema,
});

export const planSchema = z.strictObject({
  key: slugSchema,
  name: lineSchema(),
  currency: z
    .string()
    .refine(isCurrency, 'must be a currency of ISO 4217 in capital letters, such as USD')
    .meta({ example: 'USD' }),
  charges: z.array(chargeSchema).min(1).max(MAX_CHARGES).superRefine(checkCharges, EVEN_IF_FAULTY),
});

export type PlanInput = z.infer<typeof planSchema>;

const MODELS = priceSchema.options.map((option) => option.shape.model.value);

const wholeChargeSchema = z.object({
  key: z.string().optional().catch(undefined),
  meter: z.string().optional().catch(undefined),
  price: z
    .object({ model: z.enum(MODELS) })
    .optional()
    .catch(undefined),
});

/** What no charge can know alone. What is faulty in itself has its own complaint already. */
function checkCharges(charges: unknown, context: z.RefinementCtx): void {
  if (!Array.isArray(charges)) return;
  const keys = new Map<string, number>();
  const meters = new Map<string, number>();
  const complain = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [index, charge] of charges.entries()) {
    const { key, meter, price } = wholeChargeSchema.safeParse(charge).data ?? {};
    if (key !== undefined) {
      if (keys.has(key)) complain([index, 'key'], `is the key of charge ${keys.get(key)} too`);
      keys.set(key, index);
    }
    const isFee = price?.model === 'flat';
    if (isFee && meter !== undefined) complain([index, 'meter'], 'must be left out: a flat price counts nothing');
    if (price && !isFee && meter === undefined)
      complain([index, 'meter'], `is missing: the price model "${price.model}" needs a quantity`);
    if (meter === undefined) continue;
    if (meters.has(meter))
      complain([index, 'meter'], `is priced by charge ${meters.get(meter)} too: the same usage would be billed twice`);
    meters.set(meter, index);
  }
}

/** One version of a plan as it is stored. Never changes; a change is the next version. */
export interface Plan {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly currency: string;
  readonly createdAt: Date;
}

/** What a plan version bills, in order. */
export interface Charge {
  readonly planId: string;
  readonly key: string;
  readonly position: number;
  readonly name: string;
  readonly meterId: number | null;
  /** Null for a fixed fee. */
  readonly meterKey: string | null;
  readonly price: Price;
}
