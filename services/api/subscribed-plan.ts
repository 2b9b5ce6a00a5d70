import { selectPlan } from '#libs/catalog/store/select-plan.ts';
import type { SubscribedPlan } from '#libs/catalog/subscribed.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { invalidField } from '#libs/http/errors.ts';
import { selectSubscribedPlans } from '#libs/invoicing/store/select-subscribed-plans.ts';
import { selectMetersByKey } from '#libs/metering/store/select-meters-by-key.ts';

/**
 * The plan version that a subscription is to go on: the newest active one if none is named. Under the catalogue's lock.
 * @throws ApiError when there is none, or it takes no subscriptions
 */
export async function subscribedPlan(
  tx: Transaction,
  organizationId: number,
  key: string,
  version: number | undefined,
): Promise<SubscribedPlan> {
  const plan = await selectPlan(tx, organizationId, key, version ?? null, version === undefined ? 'active' : null);
  if (!plan) {
    const other = await selectPlan(tx, organizationId, key, null);
    if (!other) throw invalidField('/plan', `There is no plan "${key}".`, 'unknown_plan');
    if (version !== undefined)
      throw invalidField('/version', `Plan "${key}" has no version ${version}.`, 'unknown_version');
    throw invalidField('/plan', `Plan "${key}" has no active version: activate one first.`, 'plan_not_active');
  }
  if (plan.state !== 'active') {
    const detail = `Version ${plan.version} of plan "${key}" is ${plan.state}: only active ones take subscriptions.`;
    throw invalidField('/version', detail, 'plan_not_active');
  }
  const found = (await selectSubscribedPlans(tx, organizationId, [plan.id])).get(plan.id) as SubscribedPlan;
  const keys = found.charges.flatMap(({ meter }) => meter?.key ?? []);
  const meters = await selectMetersByKey(tx, organizationId, keys);
  const archived = keys.find((meter) => meters.get(meter)?.archivedAt !== null);
  if (archived === undefined) return found;
  const detail = `Plan "${key}" prices the archived meter "${archived}": make a new version of the plan.`;
  throw invalidField('/plan', detail, 'archived_meter');
}
