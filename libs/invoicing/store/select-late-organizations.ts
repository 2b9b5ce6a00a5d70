import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Organizations in which a customer was billed for usage of the last days and has nothing due soon, so that nobody would look whether some of
 * it came late. Left out: those where that was looked at within a day, and those with an open run. Days: as for each organization's events.
 */
export async function selectLateOrganizations(
  tx: Transaction,
  { correctionDays, waitsDays }: { readonly correctionDays: number; readonly waitsDays: number },
): Promise<{ readonly organizationId: number; readonly days: number }[]> {
  const { rows } = await tx.query<{ organizationId: number; days: number }>(
    `SELECT o.id AS "organizationId", o.event_max_age_days + $1::integer AS days
       FROM organizations o
      WHERE EXISTS (SELECT FROM subscriptions s
                     WHERE s.organization_id = o.id AND (s.due_from IS NULL OR s.due_from > current_date + $2::integer)
                       AND NOT EXISTS (SELECT FROM subscriptions n
                                        WHERE n.organization_id = s.organization_id AND n.customer_id = s.customer_id
                                          AND n.currency = s.currency AND n.due_from <= current_date + $2::integer)
                       AND EXISTS (SELECT FROM billed_units b
                                    WHERE b.organization_id = s.organization_id AND b.subscription_id = s.id AND b.kind = 'usage'
                                      AND b.service_to > now() - make_interval(days => o.event_max_age_days + $1::integer)))
        AND NOT EXISTS (SELECT FROM billing_runs r
                         WHERE r.organization_id = o.id
                           AND (r.state IN ('queued', 'waiting', 'running')
                                OR (r.purpose = 'late' AND r.customer_id IS NULL AND r.created_at > now() - interval '1 day')))
      ORDER BY o.id`,
    [correctionDays, waitsDays],
  );
  return rows;
}
