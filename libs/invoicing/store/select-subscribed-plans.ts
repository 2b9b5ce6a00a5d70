import type { SubscribedCharge, SubscribedPlan } from '#libs/catalog/subscribed.ts';
import type { Transaction } from '#libs/database/transaction.ts';

/** Plan versions with their charges, by id. */
export async function selectSubscribedPlans(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SubscribedPlan>> {
  const { rows } = await tx.query<
    Omit<SubscribedPlan, 'charges'> & { readonly charges: readonly SubscribedCharge[] | null }
  >(
    `SELECT p.id, p.key, p.version, p.state, p.name, p.currency, p.interval, p.minimum_amount::text AS "minimumAmount",
            (SELECT jsonb_agg(jsonb_build_object('key', c.key, 'position', c.position, 'terms', c.terms,
                                                 'meter', CASE WHEN m.id IS NOT NULL THEN jsonb_build_object('id', m.id, 'key', m.key) END)
                              ORDER BY c.position, c.key)
               FROM charges c LEFT JOIN meters m ON m.organization_id = c.organization_id AND m.id = c.meter_id
              WHERE c.organization_id = p.organization_id AND c.plan_id = p.id) AS charges
       FROM plans p
      WHERE p.organization_id = $1 AND p.id = ANY($2::uuid[])`,
    [organizationId, ids],
  );
  return new Map(rows.map((plan) => [plan.id, { ...plan, charges: plan.charges ?? [] }]));
}
