import type { Transaction } from '#libs/database/transaction.ts';
import type { SubscriptionChange } from '../segments.ts';

/** Adds a change. The schedule is to look at the subscription from that day on: see updateSubscription. */
export async function insertSubscriptionChange(
  tx: Transaction,
  organizationId: number,
  subscriptionId: string,
  change: SubscriptionChange,
): Promise<void> {
  await tx.query(
    `INSERT INTO subscription_changes (organization_id, subscription_id, id, starts_on, plan_id, quantities, overrides, paused)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      organizationId,
      subscriptionId,
      change.id,
      change.startsOn,
      change.planId,
      change.quantities,
      change.overrides,
      change.paused,
    ],
  );
}
