import { z } from 'zod';
import type { DiscountTerms } from './coupon-schema.ts';
import { dateSchema, slugSchema } from './fields.ts';

export const discountSchema = z.strictObject({
  coupon: slugSchema.describe('Key of the coupon'),
  subscription: z.uuid().optional().describe('Only bills of this subscription; all of the customer if left out'),
  starts_on: dateSchema.optional().describe("First day, in the customer's time zone; today if left out"),
});

/** A coupon applied to a customer, as it is stored, with the terms it had then. */
export interface CustomerDiscount extends DiscountTerms {
  readonly id: string;
  readonly customerId: string;
  readonly couponKey: string;
  /** Null: all subscriptions of the customer. */
  readonly subscriptionId: string | null;
  /** Discounts of a customer are applied in this order. */
  readonly position: number;
  /** Local dates of the customer, half open; null: running. */
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly createdAt: Date;
}

/** What a document took of a discount, by the period it bills (local dates, half open). */
export interface DiscountUse {
  readonly discountId: string;
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly amount: string;
  /** The document; left out of what is about to be taken. */
  readonly invoiceId?: string;
}
