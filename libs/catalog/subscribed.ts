import type { Interval, Term } from './billing-period.ts';
import type { PlanState } from './plan-schema.ts';
import type { SubscriptionChange } from './segments.ts';

/** A plan version as subscriptions have it. The charges' terms are as stored, not yet validated. */
export interface SubscribedPlan {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly state: PlanState;
  readonly name: string;
  readonly currency: string;
  readonly interval: Interval;
  readonly minimumAmount: string | null;
  /** In their order. */
  readonly charges: readonly SubscribedCharge[];
}

export interface SubscribedCharge {
  readonly key: string;
  readonly position: number;
  readonly terms: unknown;
  /** Null for a fee. */
  readonly meter: { readonly id: number; readonly key: string } | null;
}

export const TRIAL_USAGE = ['billed', 'free'] as const;

/** A subscription with everything that says what it is billed for. */
export interface Subscribed extends Term {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly currency: string;
  /** A local date at which a period begins; null: the calendar's own. */
  readonly anchor: string | null;
  /** Local days from its start without fees. */
  readonly trialDays: number;
  readonly trialUsage: (typeof TRIAL_USAGE)[number];
  /** When it was entered, epoch milliseconds. */
  readonly createdAt: number;
  readonly changes: readonly SubscriptionChange[];
  /** Those that the changes name, by id. */
  readonly plans: ReadonlyMap<string, SubscribedPlan>;
}

export function planOf(
  { plans, subscriptionId }: Pick<Subscribed, 'plans' | 'subscriptionId'>,
  id: string,
): SubscribedPlan {
  const plan = plans.get(id);
  if (!plan) throw new Error(`subscription ${subscriptionId} is on plan ${id}, which was not read`);
  return plan;
}
