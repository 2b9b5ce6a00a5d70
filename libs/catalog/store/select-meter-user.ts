import type { Transaction } from '#libs/database/transaction.ts';

/** A subscription that is not over by `today`, grace included, and is, was or will be on a plan that prices the meter; null when there is none. */
export async function selectMeterUser(
  tx: Transaction,
  organizationId: number,
  meterKey: string,
  today: string,
): Promise<{ readonly subscriptionId: string; readonly customerKey: string } | null> {
  const { rows } = await tx.query<{ subscriptionId: string; customerKey: string }>(
    `SELECT s.id AS "subscriptionId", cu.key AS "customerKey"
       FROM meters m
       JOIN charges c ON c.organization_id = m.organization_id AND c.meter_id = m.id
       JOIN subscription_changes h ON h.organization_id = c.organization_id AND h.plan_id = c.plan_id
       JOIN subscriptions s ON s.organization_id = h.organization_id AND s.id = h.subscription_id
       JOIN customers cu ON cu.organization_id = s.organization_id AND cu.id = s.customer_id
      WHERE m.organization_id = $1 AND m.key = $2 AND (s.ends_on IS NULL
             OR s.ends_on >= $3::date - (SELECT ceil(grace_minutes / 1440.0)::integer FROM organizations WHERE id = $1))
      LIMIT 1`,
    [organizationId, meterKey, today],
  );
  return rows[0] ?? null;
}
