import type { Term } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';

/** The different terms of subscriptions that ran between two local dates. */
export async function selectSubscriptionTerms(
  tx: Transaction,
  organizationId: number,
  endsAfter: string,
  endsUntil: string,
): Promise<Term[]> {
  const { rows } = await tx.query<Term>(
    // What began before the window has the same borders in it, whenever it began.
    `SELECT DISTINCT greatest(starts_on, date_trunc('month', $2::date)::date) AS "startsOn", ends_on AS "endsOn", time_zone AS "timeZone"
       FROM subscriptions
      WHERE organization_id = $1 AND starts_on < $3 AND (ends_on IS NULL OR ends_on > $2)`,
    [organizationId, endsAfter, endsUntil],
  );
  return rows;
}
