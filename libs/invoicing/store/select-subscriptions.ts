import type { Subscribed } from '#libs/catalog/subscribed.ts';
import type { Transaction } from '#libs/database/transaction.ts';

/** Which subscriptions: of these customers, or these themselves. */
export type SubscriptionChoice =
  | { readonly customerIds: readonly string[]; readonly subscriptionIds?: undefined }
  | { readonly subscriptionIds: readonly string[]; readonly customerIds?: undefined };

/** Subscriptions with their changes, in the order of their ids. */
export async function selectSubscriptions(
  tx: Transaction,
  organizationId: number,
  choice: SubscriptionChoice,
): Promise<Omit<Subscribed, 'plans'>[]> {
  const { rows } = await tx.query<Omit<Subscribed, 'plans' | 'createdAt'> & { readonly createdAt: Date }>(
    `SELECT s.id AS "subscriptionId", s.customer_id AS "customerId", s.currency, s.starts_on AS "startsOn", s.ends_on AS "endsOn",
            s.time_zone AS "timeZone", s.anchor, s.trial_days AS "trialDays", s.trial_usage AS "trialUsage", s.created_at AS "createdAt",
            (SELECT jsonb_agg(jsonb_build_object('id', h.id, 'startsOn', h.starts_on, 'planId', h.plan_id, 'quantities', h.quantities,
                                                 'overrides', h.overrides, 'paused', h.paused))
               FROM subscription_changes h
              WHERE h.organization_id = s.organization_id AND h.subscription_id = s.id) AS changes
       FROM subscriptions s
      WHERE s.organization_id = $1 AND (s.customer_id = ANY($2::uuid[]) OR s.id = ANY($3::uuid[]))
      ORDER BY s.id`,
    [organizationId, choice.customerIds ?? [], choice.subscriptionIds ?? []],
  );
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.getTime() }));
}
