import type { PlanCharge, Story, StoryPlan } from './story.ts';

/** A subscription and its changes as the API tells them. */
export interface Told {
  readonly id: string;
  readonly customer: string;
  readonly currency: string;
  readonly starts_on: string;
  readonly ends_on: string | null;
  readonly time_zone: string;
  readonly anchor: string;
  readonly trial_ends_on: string | null;
  readonly trial_usage: 'billed' | 'free';
  readonly changes: readonly {
    readonly id: string;
    readonly starts_on: string;
    readonly plan: string | null;
    readonly quantities: Readonly<Record<string, string>> | null;
    readonly paused: boolean | null;
  }[];
}

export interface Terms {
  readonly plan: StoryPlan;
  readonly quantities: Readonly<Record<string, string>>;
  readonly paused: boolean;
}

export async function tellSubscriptions(story: Story): Promise<Told[]> {
  const told: Told[] = [];
  for (const id of story.subscriptions) {
    const subscription = await story.get(`/v1/subscriptions/${id}`);
    const { data } = await story.get(`/v1/subscriptions/${id}/changes`);
    told.push({ ...subscription, changes: data });
  }
  return told;
}

/** What a subscription is on a day: its changes one after the other. */
export function termsOn(plans: readonly StoryPlan[], { changes }: Told, date: string): Terms {
  let [plan, quantities, paused] = ['', {}, false];
  for (const change of changes) {
    if (change.starts_on > date) break;
    plan = change.plan ?? plan;
    quantities = { ...quantities, ...change.quantities };
    paused = change.paused ?? paused;
  }
  const found = plans.find(({ key }) => key === plan);
  if (found === undefined) throw new Error(`no plan "${plan}" on ${date}`);
  return { plan: found, quantities, paused };
}

export function chargeOf({ plan }: Pick<Terms, 'plan'>, key: string): PlanCharge | undefined {
  return plan.charges.find((charge) => charge.key === key);
}

export const intervalOf = ({ plan }: Pick<Terms, 'plan'>, charge: PlanCharge): string =>
  charge.every ?? plan.interval ?? 'month';
export const anchorOf = ({ anchor }: Told): string | null => (anchor === 'calendar' ? null : anchor);
