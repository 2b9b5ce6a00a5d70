import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import { selectClockOffset } from '#libs/catalog/clock/select-clock-offset.ts';
import { type ChargeDifference, differenceOf, type PlanMigration } from '#libs/catalog/plan-migration.ts';
import { segmentAt, segmentsOf } from '#libs/catalog/segments.ts';
import { insertPlanMigrationFailure } from '#libs/catalog/store/insert-plan-migration-failure.ts';
import { lockPlanMigration } from '#libs/catalog/store/lock-plan-migration.ts';
import { selectSubscriptionsOnPlan } from '#libs/catalog/store/select-subscriptions-on-plan.ts';
import { updatePlanMigration } from '#libs/catalog/store/update-plan-migration.ts';
import { planOf } from '#libs/catalog/subscribed.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ChangeContext, firstDay, tryChange } from './change-subscription.ts';
import { type ApiDependencies, inTimeOf } from './dependencies.ts';
import { subscribedPlan } from './subscribed-plan.ts';

/** Which subscriptions are to be moved, and where to. */
export type Move = Pick<PlanMigration, 'planKey' | 'fromVersion' | 'toVersion' | 'starts'>;

/** How one subscription is moved, or would be. */
export interface Moved {
  readonly customer: string;
  readonly fromVersion: number;
  readonly startsOn: string;
  readonly charges: ChargeDifference;
}

/**
 * Moves a subscription that is on the plan, and not yet on the version, when the change is to take effect. Null: it is not, and stays.
 * @throws ApiError when it cannot be on that version
 */
export async function moveSubscription(context: ChangeContext, move: Move): Promise<Moved | null> {
  let moved: Omit<Moved, 'customer'> | undefined;
  const presented = await tryChange(context, 'subscription.changed', async ({ subscribed, today }) => {
    const startsOn = firstDay(move.starts, subscribed, today);
    const current = planOf(subscribed, segmentAt(segmentsOf(subscribed.changes, null), startsOn).planId);
    if (current.key !== move.planKey || current.version === move.toVersion) return null;
    if (move.fromVersion !== null && current.version !== move.fromVersion) return null;
    const plan = await subscribedPlan(context.tx, context.organizationId, move.planKey, move.toVersion);
    moved = { fromVersion: current.version, startsOn, charges: differenceOf(current, plan) };
    const added = { startsOn, planId: plan.id, quantities: null, overrides: null, paused: null };
    const plans = new Map([...subscribed.plans, [plan.id, plan]]);
    return { subscribed: { ...subscribed, plans }, added, changedFrom: startsOn };
  });
  return presented && moved ? { ...moved, customer: presented.customer } : null;
}

/** Local dates differ by a day at most, and what is over a day longer is looked at in vain. */
export const notOverBy = (now: number): string => addDays(localDateAt(now, 'UTC'), -1);

/**
 * One step of a migration: one subscription, in one transaction with the progress. If the process dies in it nothing of it happened, and the
 * next one to look takes the same step. False: there is nothing left to do, or somebody else does it.
 */
export function migrateNext(dependencies: ApiDependencies, organizationId: number, id: string): Promise<boolean> {
  return inOrganization(dependencies.pool, organizationId, async (tx) => {
    const migration = await lockPlanMigration(tx, organizationId, id);
    if (!migration) return false;
    const [next] = await selectSubscriptionsOnPlan(
      tx,
      organizationId,
      migration.planKey,
      notOverBy(migration.createdAt.getTime()),
      { after: migration.cursor, limit: 1 },
    );
    if (next === undefined) {
      const { planKey, toVersion, lookedAt, moved } = migration;
      await updatePlanMigration(tx, organizationId, { ...migration, state: 'completed' });
      const data = { id, plan: planKey, to_version: toVersion, looked_at: lookedAt, moved };
      await insertOutbox(tx, { organizationId, type: 'plan_migration.completed', subject: id, data });
      return false;
    }
    const inItsTime = inTimeOf(dependencies, await selectClockOffset(tx, organizationId));
    let moved = 0;
    try {
      if (await moveSubscription({ tx, organizationId, id: next, dependencies: inItsTime }, migration)) moved = 1;
    } catch (error) {
      // It is refused before anything is written.
      if (!(error instanceof ApiError)) throw error;
      const failure = { subscriptionId: next, code: error.code, detail: error.message };
      await insertPlanMigrationFailure(tx, organizationId, id, failure);
    }
    await updatePlanMigration(tx, organizationId, {
      ...migration,
      cursor: next,
      lookedAt: migration.lookedAt + 1,
      moved: migration.moved + moved,
    });
    return true;
  });
}
