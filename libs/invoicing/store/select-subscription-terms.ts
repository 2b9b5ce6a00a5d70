import type { Transaction } from '#libs/database/transaction.ts';
import type { BillingTerms } from '../due/billing-terms.ts';

/** The different ones of what subscriptions that ran between two local dates are billed for; of these customers only, if some are named. */
export async function selectSubscriptionTerms(
  tx: Transaction,
  organizationId: number,
  endsAfter: string,
  endsUntil: string,
  customerIds: readonly string[] | null = null,
): Promise<BillingTerms[]> {
  const { rows } = await tx.query<BillingTerms>(
    // What began before the window has the same borders in it, whenever it began.
    `SELECT DISTINCT greatest(s.starts_on, $2::date) AS "startsOn", s.ends_on AS "endsOn", s.time_zone AS "timeZone", s.anchor, i.interval,
            coalesce(c.grace_minutes, o.grace_minutes) AS "graceMinutes"
       FROM subscriptions s
       JOIN organizations o ON o.id = s.organization_id
       JOIN customers c ON c.organization_id = s.organization_id AND c.id = s.customer_id
       JOIN subscription_changes h ON h.organization_id = s.organization_id AND h.subscription_id = s.id
       JOIN plans p ON p.organization_id = h.organization_id AND p.id = h.plan_id
      CROSS JOIN LATERAL (SELECT p.interval
                           UNION
                          SELECT t.terms ->> 'every' FROM charges t
                           WHERE t.organization_id = p.organization_id AND t.plan_id = p.id AND t.terms ->> 'every' IS NOT NULL) AS i
      WHERE s.organization_id = $1 AND s.starts_on < $3 AND (s.ends_on IS NULL OR s.ends_on > $2)
        AND ($4::uuid[] IS NULL OR s.customer_id = ANY($4))`,
    [organizationId, endsAfter, endsUntil, customerIds],
  );
  return rows;
}
