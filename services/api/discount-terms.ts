import { z } from 'zod';
import { type DiscountTerms, DURATIONS } from '#libs/catalog/coupon-schema.ts';

/** What coupons and discounts show alike. */
export const discountTerms = {
  name: z.string(),
  percent: z.string().nullable(),
  amount: z.string().nullable(),
  currency: z.string().nullable().describe('Of the amount'),
  duration: z.enum(DURATIONS),
  periods: z.int().nullable(),
  charges: z.array(z.string()).nullable().describe('Keys of the charges it is for; null: all'),
};

export const presentTerms = (terms: DiscountTerms) => ({
  name: terms.name,
  percent: terms.percent,
  amount: terms.amount,
  currency: terms.currency,
  duration: terms.duration,
  periods: terms.periods,
  charges: terms.charges && [...terms.charges],
});
