import { z } from 'zod';
import { parseDecimal } from '#libs/money/parse-decimal.ts';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { discountPercentSchema, positiveSchema } from '#libs/pricing/decimal-schema.ts';
import { digitsFault } from '#libs/pricing/digits-fault.ts';
import { chargeKeysSchema, dateSchema, EVEN_IF_FAULTY, lineSchema, slugSchema } from './fields.ts';

export const DURATIONS = ['once', 'periods', 'forever'] as const;

const MAX_PERIODS = 1000;

const percentSchema = discountPercentSchema.refine(isNoZero, 'must be more than 0');

export const couponSchema = z
  .strictObject({
    key: slugSchema,
    name: lineSchema().describe('What invoices call the discount'),
    percent: percentSchema.optional(),
    amount: positiveSchema.optional().describe('Instead of percent: money off, at most so much in each period'),
    currency: currencySchema.optional().describe('Of the amount; bills in another currency are not discounted'),
    duration: z.enum(DURATIONS).describe('For one billing period, for so many of them, or until it is ended'),
    periods: z.int().min(1).max(MAX_PERIODS).optional().describe('How many, when duration is "periods"'),
    charges: chargeKeysSchema.optional(),
    max_redemptions: z.int().min(1).max(2_147_483_647).optional().describe('How often it can be applied, to whomever'),
    expires_on: dateSchema
      .optional()
      .describe('First day, in the time zone of the organization, on which it cannot be applied any more'),
  })
  .superRefine(checkCoupon, EVEN_IF_FAULTY);

export type CouponInput = z.infer<typeof couponSchema>;

/** Its terms never change. */
export const couponChangeSchema = z.strictObject({ name: lineSchema() });

/** What a discount takes off and for how long; exactly one of percent and amount. */
export interface DiscountTerms {
  readonly name: string;
  readonly percent: string | null;
  readonly amount: string | null;
  /** Of the amount. */
  readonly currency: string | null;
  readonly duration: (typeof DURATIONS)[number];
  /** How many; null unless `duration` is 'periods'. */
  readonly periods: number | null;
  /** Null: all. */
  readonly charges: readonly string[] | null;
}

/** A coupon as it is stored. */
export interface Coupon extends DiscountTerms {
  readonly id: string;
  readonly key: string;
  readonly maxRedemptions: number | null;
  readonly expiresOn: string | null;
  /** How often it was applied, ended discounts too. */
  readonly redemptions: number;
  readonly archivedAt: Date | null;
  readonly createdAt: Date;
}

/** A coupon that may be faulty; what cannot be read has a complaint already. */
function checkCoupon(value: unknown, context: z.RefinementCtx): void {
  if (typeof value !== 'object' || value === null) return;
  const { percent, amount, currency, duration, periods } = value as Readonly<Record<string, unknown>>;
  const complain = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if ((percent === undefined) === (amount === undefined)) complain('percent', 'send either percent or amount');
  if (amount !== undefined && currency === undefined) complain('currency', 'is missing: an amount is of a currency');
  if (amount === undefined && currency !== undefined) complain('currency', 'must be left out: it goes with an amount');
  if (duration === 'periods' && periods === undefined) complain('periods', 'is missing: say how many');
  if (DURATIONS.includes(duration as 'once') && duration !== 'periods' && periods !== undefined)
    complain('periods', `must be left out: the duration is "${duration}"`);
  const fault = digitsFault(amount, currency);
  if (fault !== undefined) complain('amount', fault);
}

function isNoZero(text: string): boolean {
  const figure = parseDecimal(text);
  return !figure.ok || !figure.value.eq('0');
}
