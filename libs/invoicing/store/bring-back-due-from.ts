import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Lets the schedule look again at subscriptions from the units on that these documents bill, which are about to be given back. A day early
 * rather than late, since local dates differ from those in UTC.
 */
export async function bringBackDueFrom(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<void> {
  await tx.query(
    `UPDATE subscriptions s SET due_from = least(s.due_from, u.first)
       FROM (SELECT id FROM subscriptions
              WHERE organization_id = $1
                AND id IN (SELECT subscription_id FROM billed_units WHERE organization_id = $1 AND invoice_id = ANY($2::uuid[]))
              ORDER BY id FOR NO KEY UPDATE) locked
       JOIN (SELECT subscription_id, (min(service_from) AT TIME ZONE 'UTC')::date - 1 AS first
               FROM billed_units WHERE organization_id = $1 AND invoice_id = ANY($2::uuid[])
              GROUP BY subscription_id) u ON u.subscription_id = locked.id
      WHERE s.organization_id = $1 AND s.id = locked.id`,
    [organizationId, invoiceIds],
  );
}
