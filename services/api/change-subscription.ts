import type { z } from 'zod';
import { addDays, localDateAt, periodAround } from '#libs/catalog/billing-period.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { inOrder, type SubscriptionChange, segmentAt, segmentsOf } from '#libs/catalog/segments.ts';
import { deleteSubscriptionChange } from '#libs/catalog/store/delete-subscription-change.ts';
import { insertSubscriptionChange } from '#libs/catalog/store/insert-subscription-change.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { selectSubscription } from '#libs/catalog/store/select-subscription.ts';
import type { SubscriptionRow } from '#libs/catalog/store/subscription-select.ts';
import { updateSubscription } from '#libs/catalog/store/update-subscription.ts';
import { planOf, type Subscribed } from '#libs/catalog/subscribed.ts';
import { changeSchema, type When } from '#libs/catalog/subscription-schema.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { uuidv7Behind } from '#libs/database/uuidv7-behind.ts';
import { ApiError, type FieldError, invalidField, invalidFields } from '#libs/http/errors.ts';
import { readSubscriptions } from '#libs/invoicing/collect/read-subscriptions.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { checkSubscription } from './check-subscription.ts';
import type { ApiDependencies } from './dependencies.ts';
import { orFaults } from './or-faults.ts';
import { type PresentedSubscription, presentSubscription } from './present-subscription.ts';
import { subscribedPlan } from './subscribed-plan.ts';

/*
 * What happens to a subscription after it was made. Each adds a change, takes one away that is still to come, or moves the end; the
 * past stays. Under the locks of the catalogue and the customer, in this order.
 */

export interface ChangeContext {
  readonly tx: Transaction;
  readonly organizationId: number;
  readonly id: string;
  readonly dependencies: ApiDependencies;
  /** Answers what would be, and writes nothing. */
  readonly isPreview?: boolean;
}

/** Another plan, version, quantities or overrides. */
export function changeSubscription(
  context: ChangeContext,
  { plan: key, version, quantities, overrides, when }: z.infer<typeof changeSchema>,
): Promise<PresentedSubscription> {
  return change(context, 'subscription.changed', async ({ subscribed, today }) => {
    const { day: startsOn, plan, faults } = await findNamed(context, subscribed, today, { plan: key, version, when });
    if (startsOn === null || faults.length > 0) throw invalidFields(faults);
    const plans = plan === null ? subscribed.plans : new Map([...subscribed.plans, [plan.id, plan]]);
    const added = {
      startsOn,
      planId: plan?.id ?? null,
      quantities: quantities ?? null,
      overrides: overrides ?? null,
      paused: null,
    };
    return { subscribed: { ...subscribed, plans }, added, changedFrom: startsOn, named: Object.keys(quantities ?? {}) };
  });
}

type Named = Pick<z.infer<typeof changeSchema>, 'plan' | 'version'> & { readonly when?: When | undefined };

/** The day and the plan of a change. A day that cannot be, and a plan that is not there or takes no subscriptions, are faults. */
async function findNamed(
  { tx, organizationId }: Pick<ChangeContext, 'tx' | 'organizationId'>,
  subscribed: Subscribed,
  today: string,
  { plan: key, version, when }: Named,
) {
  const day = await orFaults(() => (when === undefined ? null : firstDay(when, subscribed, today)));
  if (key === undefined && version === undefined) return { day: day.value, plan: null, faults: day.faults };
  const on = day.value ?? earliestDay(subscribed, today);
  const current = planOf(subscribed, segmentAt(segmentsOf(subscribed.changes, null), on).planId);
  const plan = await orFaults(() => subscribedPlan(tx, organizationId, key ?? current.key, version));
  return { day: day.value, plan: plan.value, faults: [...plan.faults, ...day.faults] };
}

/** What else is wrong with a change that its schema refused. The body may be anything. */
export async function changeFaultsOfRefused(
  { tx, organizationId, id, dependencies }: ChangeContext,
  body: unknown,
): Promise<readonly FieldError[]> {
  await lockCatalogShared(tx);
  const [subscribed] = await readSubscriptions(tx, organizationId, { subscriptionIds: [id] });
  if (subscribed === undefined) return [];
  const today = localDateAt(dependencies.now(), subscribed.timeZone);
  return (await findNamed({ tx, organizationId }, subscribed, today, readableFields(changeSchema, body))).faults;
}

/** Stops fees. Usage is recorded on, and not billed. */
export const pauseSubscription = (context: ChangeContext, when: When): Promise<PresentedSubscription> =>
  pauseOrResume(context, when, true);

export const resumeSubscription = (context: ChangeContext, when: When): Promise<PresentedSubscription> =>
  pauseOrResume(context, when, false);

function pauseOrResume(context: ChangeContext, when: When, paused: boolean): Promise<PresentedSubscription> {
  return change(context, paused ? 'subscription.paused' : 'subscription.resumed', async ({ subscribed, today }) => {
    const startsOn = firstDay(when, subscribed, today);
    if (segmentAt(segmentsOf(subscribed.changes, null), startsOn).paused === paused)
      throw inState(subscribed, `${paused ? 'paused' : 'not paused'} on ${startsOn}`);
    const added = { startsOn, planId: null, quantities: null, overrides: null, paused };
    return { subscribed, added, changedFrom: startsOn };
  });
}

/** Lets it end with the end of a day. */
export function cancelSubscription(context: ChangeContext, when: When): Promise<PresentedSubscription> {
  return change(context, 'subscription.canceled', async ({ subscribed, today }) => {
    const hasBegun = today >= subscribed.startsOn;
    const day = firstDay(when, subscribed, today);
    // Before it began, now means: never. The end of a period is the end of its last day already.
    const endsOn = when === 'period_end' || (when === 'now' && !hasBegun) ? day : addDays(day, 1);
    // The end of its last day may be the end that was agreed, and is never later.
    if (subscribed.endsOn !== null && endsOn > subscribed.endsOn)
      throw invalidField('/when', `must be before ${subscribed.endsOn}, when the subscription is over`);
    const canceledAt = new Date(context.dependencies.now());
    return { subscribed: { ...subscribed, endsOn }, changedFrom: today, canceledAt };
  });
}

/** Takes a cancellation back that has not taken effect. Its end is again what was agreed. */
export function keepSubscription(context: ChangeContext): Promise<PresentedSubscription> {
  return change(context, 'subscription.kept', async ({ row, subscribed, today }) => {
    if (row.canceledAt === null) throw inState(subscribed, 'not canceled: there is nothing to take back');
    const kept = { ...subscribed, endsOn: row.agreedEndsOn };
    return { subscribed: kept, changedFrom: today, canceledAt: null };
  });
}

/** Takes back a change that has not taken effect. */
export function dropChange(context: ChangeContext, changeId: string): Promise<PresentedSubscription> {
  return change(context, 'subscription.change_dropped', async ({ subscribed, today }) => {
    const dropped = subscribed.changes.find((one) => one.id === changeId);
    if (!dropped) throw new ApiError('not_found', `Subscription ${context.id} has no change ${changeId}.`);
    if (dropped.startsOn <= today)
      throw new ApiError(
        'subscription_state',
        `Change ${changeId} took effect on ${dropped.startsOn}: make another change instead.`,
      );
    if (dropped === inOrder(subscribed.changes)[0])
      throw new ApiError(
        'subscription_state',
        `Change ${changeId} is what the subscription begins with: change or cancel the subscription instead.`,
      );
    const changes = subscribed.changes.filter((one) => one !== dropped);
    return { subscribed: { ...subscribed, changes }, dropped: changeId, changedFrom: dropped.startsOn };
  });
}

interface Found {
  readonly row: SubscriptionRow;
  readonly subscribed: Subscribed;
  /** Local date. */
  readonly today: string;
}

interface Planned {
  /** As it is to be, but for what is added. */
  readonly subscribed: Subscribed;
  readonly added?: Omit<SubscriptionChange, 'id'>;
  /** Id of a change that is taken away. */
  readonly dropped?: string;
  /** First local date on which something is different. */
  readonly changedFrom: string;
  /** Left out: stays. */
  readonly canceledAt?: Date | null;
  readonly named?: readonly string[];
}

const change = (
  context: ChangeContext,
  type: string,
  plan: (found: Found) => Promise<Planned>,
): Promise<PresentedSubscription> => tryChange(context, type, plan) as Promise<PresentedSubscription>;

/** Null when the plan is that nothing is to happen. Everything that refuses does so before anything is written. */
export async function tryChange(
  { tx, organizationId, id, dependencies, isPreview }: ChangeContext,
  type: string,
  plan: (found: Found) => Promise<Planned | null>,
): Promise<PresentedSubscription | null> {
  await lockCatalogShared(tx);
  const before = await selectSubscription(tx, organizationId, id);
  if (!before) throw new ApiError('not_found', `There is no subscription ${id}.`);
  const customer = await selectCustomerByKey(tx, organizationId, before.customerKey, true);
  const row = (await selectSubscription(tx, organizationId, id)) as SubscriptionRow;
  const all = await readSubscriptions(tx, organizationId, { customerIds: [customer?.id as string] });
  const current = all.find(({ subscriptionId }) => subscriptionId === id) as Subscribed;
  const today = localDateAt(dependencies.now(), current.timeZone);
  if (current.endsOn !== null && current.endsOn <= today) throw inState(current, `over since ${current.endsOn}`);
  const planned = await plan({ row, subscribed: current, today });
  if (planned === null) return null;
  // Of two changes of one day the later one counts, also when two processes make them.
  const others = current.changes.map((one) => one.id);
  const added = planned.added && {
    id: uuidv7Behind(others, dependencies.now(), dependencies.random),
    ...planned.added,
  };
  const { subscribed } = planned;
  if (added && subscribed.endsOn !== null && added.startsOn >= subscribed.endsOn)
    throw invalidField('/when', `must be before ${subscribed.endsOn}, when the subscription is over`);
  const next = added ? { ...subscribed, changes: [...subscribed.changes, added] } : subscribed;
  checkSubscription(
    next,
    all.filter((one) => one !== current),
    { from: planned.changedFrom, currencyAt: 'plan', named: planned.named ?? [] },
  );
  const canceledAt = planned.canceledAt === undefined ? row.canceledAt : planned.canceledAt;
  const presented = presentSubscription({ ...row, canceledAt }, next, dependencies.now());
  if (isPreview) return presented;
  if (planned.dropped !== undefined) await deleteSubscriptionChange(tx, organizationId, id, planned.dropped);
  if (added) await insertSubscriptionChange(tx, organizationId, id, added);
  await updateSubscription(tx, organizationId, id, {
    endsOn: next.endsOn,
    canceledAt,
    changedFrom: planned.changedFrom,
  });
  await insertOutbox(tx, { organizationId, type, subject: id, data: presented });
  return presented;
}

const earliestDay = ({ startsOn }: Subscribed, today: string): string => (today > startsOn ? today : startsOn);

/** The local date that is meant; never one that is over. Before it began, its first day is the earliest. */
export function firstDay(when: When, subscribed: Subscribed, today: string): string {
  const earliest = earliestDay(subscribed, today);
  const day = dayOf(when, subscribed, earliest);
  if (day < earliest) throw invalidField('/when', `must not be before ${earliest}: what is over stays as it was`);
  const { endsOn } = subscribed;
  if (endsOn !== null && day > endsOn)
    throw invalidField('/when', `must not be after ${endsOn}, when the subscription is over`);
  return day;
}

function dayOf(when: When, { changes, plans, anchor }: Subscribed, earliest: string): string {
  if (when === 'now') return earliest;
  if (when !== 'period_end') return when;
  const { planId } = segmentAt(segmentsOf(changes, null), earliest);
  const interval = plans.get(planId)?.interval ?? 'month';
  return periodAround(earliest, { interval, anchor }).to;
}

const inState = ({ subscriptionId }: Subscribed, state: string): ApiError =>
  new ApiError('subscription_state', `Subscription ${subscriptionId} is ${state}.`);
