import { z } from 'zod';
import { INTERVALS } from '#libs/catalog/billing-period.ts';
import { type Charge, PLAN_STATES, type Plan } from '#libs/catalog/plan-schema.ts';
import { chargeSchema } from '#libs/pricing/charge-schema.ts';
import { idSchema, timeSchema } from './fields.ts';

export const planAnswer = z.object({
  id: idSchema.describe('Of this version'),
  key: z.string(),
  version: z.int(),
  state: z.enum(PLAN_STATES),
  name: z.string(),
  currency: z.string(),
  interval: z.enum(INTERVALS),
  minimum_amount: z.string().nullable(),
  charges: z.array(chargeSchema),
  created_at: timeSchema,
});

export type PresentedPlan = z.infer<typeof planAnswer>;

export const presentPlan = (plan: Plan, charges: readonly Charge[]): PresentedPlan => ({
  id: plan.id,
  key: plan.key,
  version: plan.version,
  state: plan.state,
  name: plan.name,
  currency: plan.currency,
  interval: plan.interval,
  minimum_amount: plan.minimumAmount,
  charges: charges.map(({ terms }) => terms),
  created_at: plan.createdAt.toISOString(),
});
