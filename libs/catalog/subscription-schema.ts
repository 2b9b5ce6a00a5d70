import { z } from 'zod';
import { customerKeySchema, dateSchema, EVEN_IF_FAULTY, slugSchema } from './fields.ts';

export const subscriptionSchema = z
  .strictObject({
    customer: customerKeySchema.describe('Key of the customer'),
    plan: slugSchema.describe('Key of the plan'),
    version: z.int().min(1).max(2_147_483_647).optional().describe('Version of the plan; the newest if left out'),
    starts_on: dateSchema.describe("First day, in the customer's time zone"),
    ends_on: dateSchema.nullable().default(null).describe('First day that is not billed any more; null: open'),
  })
  .superRefine((value, context) => {
    const [from, to] = [dateSchema.safeParse(value?.starts_on), dateSchema.safeParse(value?.ends_on)];
    if (!from.success || !to.success || to.data > from.data) return;
    context.addIssue({ code: 'custom', path: ['ends_on'], message: `must be after starts_on (${from.data})` });
  }, EVEN_IF_FAULTY);

/** A customer on a plan version, as it is stored. */
export interface Subscription {
  readonly id: string;
  readonly customerKey: string;
  readonly planKey: string;
  readonly planVersion: number;
  /** Local dates in the pinned time zone, half open. */
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly timeZone: string;
  readonly createdAt: Date;
}
