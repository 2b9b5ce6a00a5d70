import { z } from 'zod';
import { addDays, localDateAt, periodAround } from '#libs/catalog/billing-period.ts';
import { overridesSchema } from '#libs/catalog/overrides.ts';
import { type SubscriptionChange, segmentAt, segmentsOf } from '#libs/catalog/segments.ts';
import type { SubscriptionRow } from '#libs/catalog/store/subscription-select.ts';
import { planOf, type Subscribed, TRIAL_USAGE } from '#libs/catalog/subscribed.ts';
import { idSchema, timeSchema } from './fields.ts';

const dateAnswer = z.iso.date();
const quantitiesAnswer = z.record(z.string(), z.string());

const SUBSCRIPTION_STATES = ['scheduled', 'trialing', 'active', 'paused', 'ended'] as const;

export const subscriptionAnswer = z.object({
  id: idSchema,
  customer: z.string(),
  plan: z.string(),
  version: z.int(),
  state: z.enum(SUBSCRIPTION_STATES),
  currency: z.string(),
  starts_on: dateAnswer,
  ends_on: dateAnswer.nullable().describe('First day that is not billed any more'),
  canceled_at: timeSchema.nullable().describe('When the cancellation came in that made it end on ends_on'),
  time_zone: z.string().describe('Pinned when the subscription was made'),
  anchor: z.union([z.literal('calendar'), dateAnswer]),
  quantities: quantitiesAnswer,
  overrides: overridesSchema,
  trial_days: z.int(),
  trial_usage: z.enum(TRIAL_USAGE),
  trial_ends_on: dateAnswer.nullable().describe('First day with fees'),
  current_period: z
    .object({ from: dateAnswer, to: dateAnswer })
    .nullable()
    .describe('Of the plan, half open; null while none runs'),
  created_at: timeSchema,
});

export type PresentedSubscription = z.infer<typeof subscriptionAnswer>;

/** As it is at an instant (epoch milliseconds); what is to come is told by its changes. */
export function presentSubscription(row: SubscriptionRow, subscribed: Subscribed, now: number): PresentedSubscription {
  const { startsOn, endsOn, anchor, trialDays } = subscribed;
  const today = localDateAt(now, subscribed.timeZone);
  const segment = segmentAt(segmentsOf(subscribed.changes, null), today);
  const plan = planOf(subscribed, segment.planId);
  const isRunning = today >= startsOn && (endsOn === null || today < endsOn);
  return {
    id: row.id,
    customer: row.customerKey,
    plan: plan.key,
    version: plan.version,
    state: stateOf(subscribed, segment.paused, today),
    currency: subscribed.currency,
    starts_on: startsOn,
    ends_on: endsOn,
    canceled_at: row.canceledAt?.toISOString() ?? null,
    time_zone: subscribed.timeZone,
    anchor: anchor ?? 'calendar',
    quantities: { ...segment.quantities },
    overrides: { ...segment.overrides },
    trial_days: trialDays,
    trial_usage: subscribed.trialUsage,
    trial_ends_on: trialDays === 0 ? null : addDays(startsOn, trialDays),
    current_period: isRunning ? periodAround(today, { interval: plan.interval, anchor }) : null,
    created_at: row.createdAt.toISOString(),
  };
}

function stateOf(
  { startsOn, endsOn, trialDays }: Subscribed,
  paused: boolean,
  today: string,
): (typeof SUBSCRIPTION_STATES)[number] {
  if (endsOn !== null && today >= endsOn) return 'ended';
  if (today < startsOn) return 'scheduled';
  if (paused) return 'paused';
  return today < addDays(startsOn, trialDays) ? 'trialing' : 'active';
}

export const changeAnswer = z.object({
  id: idSchema,
  starts_on: dateAnswer.describe('First day that it is for'),
  state: z.enum(['scheduled', 'in_effect']),
  plan: z.string().nullable().describe('null: stays as it was, as with all that follows'),
  version: z.int().nullable(),
  quantities: quantitiesAnswer.nullable(),
  overrides: overridesSchema.nullable(),
  paused: z.boolean().nullable(),
});

export function presentChange(
  subscribed: Subscribed,
  change: SubscriptionChange,
  now: number,
): z.infer<typeof changeAnswer> {
  const plan = change.planId === null ? null : planOf(subscribed, change.planId);
  const today = localDateAt(now, subscribed.timeZone);
  return {
    id: change.id,
    starts_on: change.startsOn,
    state: change.startsOn > today ? 'scheduled' : 'in_effect',
    plan: plan?.key ?? null,
    version: plan?.version ?? null,
    quantities: change.quantities && { ...change.quantities },
    overrides: change.overrides && { ...change.overrides },
    paused: change.paused,
  };
}
