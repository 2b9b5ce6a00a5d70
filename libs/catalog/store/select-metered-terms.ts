import type { Transaction } from '#libs/database/transaction.ts';
import type { MeteredTerm } from '../overlap.ts';

/** Every subscription of a customer with the meters its plan prices. The customer's row must be locked for an answer that stays true. */
export async function selectMeteredTerms(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<MeteredTerm[]> {
  const { rows } = await tx.query<MeteredTerm>(
    `SELECT s.id, s.starts_on AS "startsOn", s.ends_on AS "endsOn", s.time_zone AS "timeZone", array_agg(m.key) AS meters
       FROM subscriptions s
       JOIN charges c ON c.organization_id = s.organization_id AND c.plan_id = s.plan_id
       JOIN meters m ON m.organization_id = c.organization_id AND m.id = c.meter_id
      WHERE s.organization_id = $1 AND s.customer_id = $2
      GROUP BY s.id, s.starts_on, s.ends_on, s.time_zone
      ORDER BY s.id`,
    [organizationId, customerId],
  );
  return rows;
}
