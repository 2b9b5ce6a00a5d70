import type { Transaction } from '#libs/database/transaction.ts';

const ON_PLAN = `s.organization_id = $1 AND (s.ends_on IS NULL OR s.ends_on > $3)
        AND EXISTS (SELECT FROM subscription_changes h JOIN plans p ON p.organization_id = h.organization_id AND p.id = h.plan_id
                     WHERE h.organization_id = s.organization_id AND h.subscription_id = s.id AND p.key = $2)`;

/** Ids of subscriptions not over by a local date that were, are or will be on any version of a plan, in order, behind `after`. */
export async function selectSubscriptionsOnPlan(
  tx: Transaction,
  organizationId: number,
  planKey: string,
  notOverBy: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT s.id FROM subscriptions s WHERE ${ON_PLAN} AND ($4::uuid IS NULL OR s.id > $4) ORDER BY s.id LIMIT $5`,
    [organizationId, planKey, notOverBy, page.after, page.limit],
  );
  return rows.map(({ id }) => id);
}

export async function countSubscriptionsOnPlan(
  tx: Transaction,
  organizationId: number,
  planKey: string,
  notOverBy: string,
): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM subscriptions s WHERE ${ON_PLAN}`,
    [organizationId, planKey, notOverBy],
  );
  return rows[0]?.count ?? 0;
}
