import type { Cycle, Term } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';

/** The different terms and cycles of what subscriptions that ran between two local dates are billed for. */
export async function selectSubscriptionTerms(
  tx: Transaction,
  organizationId: number,
  endsAfter: string,
  endsUntil: string,
): Promise<(Term & Cycle)[]> {
  const { rows } = await tx.query<Term & Cycle>(
    // What began before the window has the same borders in it, whenever it began.
    `SELECT DISTINCT greatest(s.starts_on, $2::date) AS "startsOn", s.ends_on AS "endsOn", s.time_zone AS "timeZone", s.anchor, i.interval
       FROM subscriptions s
       JOIN subscription_changes h ON h.organization_id = s.organization_id AND h.subscription_id = s.id
       JOIN plans p ON p.organization_id = h.organization_id AND p.id = h.plan_id
      CROSS JOIN LATERAL (SELECT p.interval
                           UNION
                          SELECT c.terms ->> 'every' FROM charges c
                           WHERE c.organization_id = p.organization_id AND c.plan_id = p.id AND c.terms ->> 'every' IS NOT NULL) AS i
      WHERE s.organization_id = $1 AND s.starts_on < $3 AND (s.ends_on IS NULL OR s.ends_on > $2)`,
    [organizationId, endsAfter, endsUntil],
  );
  return rows;
}
