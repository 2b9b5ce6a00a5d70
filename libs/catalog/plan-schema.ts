import { z } from 'zod';
import { type Charge as ChargeTerms, chargeSchema, currencySchema } from '#libs/pricing/charge-schema.ts';
import { amountSchema } from '#libs/pricing/decimal-schema.ts';
import { anyPrice } from '#libs/pricing/price-in.ts';
import { PRICE_MODELS, type PriceModel } from '#libs/pricing/price-schema.ts';
import { refuseDoubledKeys } from '#libs/pricing/refuse-doubled-keys.ts';
import { INTERVALS, type Interval } from './billing-period.ts';
import { EVEN_IF_FAULTY, lineSchema, slugSchema } from './fields.ts';
import { excludeEachOther, type UsageFilter } from './overlap.ts';

export const MAX_CHARGES = 100;

/** draft: may still be replaced; active: never changes; archived: takes no new subscriptions. */
export const PLAN_STATES = ['draft', 'active', 'archived'] as const;
export type PlanState = (typeof PLAN_STATES)[number];

const content = {
  name: lineSchema(),
  currency: currencySchema,
  interval: z.enum(INTERVALS).default('month').describe('How often it is billed'),
  minimum_amount: amountSchema
    .optional()
    .describe('Commitment: what all charges of a period together lack to it becomes a line of its own'),
  charges: z
    .array(chargeSchema)
    .min(1)
    .max(MAX_CHARGES)
    .superRefine(refuseDoubledKeys, EVEN_IF_FAULTY)
    .superRefine(checkCharges, EVEN_IF_FAULTY),
};

export const planSchema = z
  .strictObject({
    key: slugSchema,
    state: z.enum(['draft', 'active']).default('active').describe('A draft can be replaced until it is activated'),
    ...content,
  })
  .superRefine(checkCurrency, EVEN_IF_FAULTY)
  .meta({
    example: {
      key: 'team',
      name: 'Team',
      currency: 'USD',
      charges: [{ key: 'base', name: 'Base fee', price: { model: 'flat', amount: '20.00' } }],
    },
  });

/** What a draft is replaced by. */
export const planDraftSchema = z.strictObject(content).superRefine(checkCurrency, EVEN_IF_FAULTY);

export type PlanContent = z.infer<typeof planDraftSchema>;
export type PlanInput = z.infer<typeof planSchema>;

type Loose = Readonly<Record<string, unknown>>;

/** What no charge can know alone. What is faulty in itself has its own complaint already. */
function checkCharges(charges: unknown, context: z.RefinementCtx): void {
  if (!Array.isArray(charges)) return;
  const complain = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [index, charge] of charges.entries()) {
    const { meter, quantity, filter } = (charge ?? {}) as Loose;
    const model = anyPrice((charge ?? {}) as ChargeTerms)?.model;
    if (PRICE_MODELS.includes(model as PriceModel) && model !== 'flat' && meter === undefined && quantity === undefined)
      complain([index, 'meter'], `is missing: the price model "${model}" needs a quantity`);
    if (typeof meter !== 'string') continue;
    const other = charges.findIndex((one: Loose | null) => one?.meter === meter && !areApart(one.filter, filter));
    if (other < index)
      complain(
        [index, 'meter'],
        `is priced by charge ${other} too: the same usage would be billed twice, unless the filters of the two exclude each other`,
      );
  }
}

const areApart = (one: unknown, other: unknown): boolean =>
  excludeEachOther(one as UsageFilter | undefined, other as UsageFilter | undefined);

/** Prices by currency hold one in the plan's own: it is what a subscription has that chooses none. */
function checkCurrency(plan: unknown, context: z.RefinementCtx): void {
  const { currency, charges } = (plan ?? {}) as Loose;
  if (!currencySchema.safeParse(currency).success || !Array.isArray(charges)) return;
  for (const [index, charge] of charges.entries()) {
    const { prices } = (charge ?? {}) as Loose;
    if (typeof prices !== 'object' || prices === null || Object.hasOwn(prices, currency as string)) continue;
    const message = `must hold a price in ${currency}, the plan's currency`;
    context.addIssue({ code: 'custom', path: ['charges', index, 'prices'], message });
  }
}

/** One version of a plan as it is stored. Once active it never changes; a change is the next version. */
export interface Plan {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly state: PlanState;
  readonly name: string;
  readonly currency: string;
  readonly interval: Interval;
  /** Decimal string in the plan's currency. */
  readonly minimumAmount: string | null;
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
