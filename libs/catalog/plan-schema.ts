import { z } from 'zod';
import { type Charge as ChargeTerms, chargeSchema, currencySchema } from '#libs/pricing/charge-schema.ts';
import { PRICE_MODELS, type PriceModel } from '#libs/pricing/price-schema.ts';
import { EVEN_IF_FAULTY, lineSchema, slugSchema } from './fields.ts';

const MAX_CHARGES = 100;

export const planSchema = z.strictObject({
  key: slugSchema,
  name: lineSchema(),
  currency: currencySchema,
  charges: z.array(chargeSchema).min(1).max(MAX_CHARGES).superRefine(checkCharges, EVEN_IF_FAULTY),
});

export type PlanInput = z.infer<typeof planSchema>;

/** What no charge can know alone. What is faulty in itself has its own complaint already. */
function checkCharges(charges: unknown, context: z.RefinementCtx): void {
  if (!Array.isArray(charges)) return;
  const keys = new Map<string, number>();
  const meters = new Map<string, number>();
  const complain = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [index, charge] of charges.entries()) {
    const { key, meter, price, quantity } = (charge ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof key === 'string') {
      if (keys.has(key)) complain([index, 'key'], `is the key of charge ${keys.get(key)} too`);
      keys.set(key, index);
    }
    const model = (price as { readonly model?: unknown } | undefined)?.model;
    const needsQuantity = PRICE_MODELS.includes(model as PriceModel) && model !== 'flat';
    if (needsQuantity && meter === undefined && quantity === undefined)
      complain([index, 'meter'], `is missing: the price model "${model}" needs a quantity`);
    if (typeof meter !== 'string') continue;
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
  readonly meterId: number | null;
  /** Null for a fee. */
  readonly meterKey: string | null;
  readonly terms: ChargeTerms;
}
