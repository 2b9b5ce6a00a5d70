import type { Transaction } from '#libs/database/transaction.ts';
import type { UnitKey } from '../due/due-unit.ts';

/** Has the schedule look at the subscriptions of these units again, from before they fell due. */
export async function lowerDueFrom(tx: Transaction, organizationId: number, units: readonly UnitKey[]): Promise<void> {
  if (units.length === 0) return;
  await tx.query(
    `UPDATE subscriptions s SET due_from = least(s.due_from, u.due_from)
       FROM (SELECT subscription_id, min(service_to)::date - 1 AS due_from
               FROM unnest($2::uuid[], $3::timestamptz[]) AS u (subscription_id, service_to) GROUP BY 1) AS u
      WHERE s.organization_id = $1 AND s.id = u.subscription_id`,
    [organizationId, units.map((unit) => unit.subscriptionId), units.map((unit) => unit.serviceTo)],
  );
}
