import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Organizations in which a customer was billed for usage of the last days and has nothing due soon, so that nobody would look whether some of
 * it came late. Left out: those where that was looked at within a day, and those with an open run. Days: as for each organization's events.
 * With `organizationId` only this one.
 */
export async function selectLateOrganizations(
  tx: Transaction,
  {
    correctionDays,
    waitsDays,
    organizationId,
  }: { readonly correctionDays: number; readonly waitsDays: number; readonly organizationId: number | null },
): Promise<{ readonly organizationId: number; readonly days: number; readonly now: number }[]> {
  const { rows } = await tx.query<{ organizationId: number; days: number; now: Date }>(
    `SELECT o.id AS "organizationId", o.event_max_age_days + $1::integer AS days, present.now
       FROM organizations o
      CROSS JOIN LATERAL (SELECT now() + make_interval(secs => o.clock_offset_seconds) AS now,
                                  (current_timestamp + make_interval(secs => o.clock_offset_seconds))::date AS today) AS present
      WHERE ($3::integer IS NULL OR o.id = $3)
        AND EXISTS (SELECT FROM subscriptions s
                     WHERE s.organization_id = o.id AND (s.due_from IS NULL OR s.due_from > present.today + $2::integer)
                       AND NOT EXISTS (SELECT FROM subscriptions n
                                        WHERE n.organization_id = s.organization_id AND n.customer_id = s.customer_id
                                          AND n.currency = s.currency AND n.due_from <= present.today + $2::integer)
                       AND EXISTS (SELECT FROM billed_units b
                                    WHERE b.organization_id = s.organization_id AND b.subscription_id = s.id AND b.kind = 'usage'
                                      AND b.service_to > present.now - make_interval(days => o.event_max_age_days + $1::integer)))
        AND NOT EXISTS (SELECT FROM billing_runs r
                         WHERE r.organization_id = o.id
                           AND (r.state IN ('queued', 'waiting', 'running')
                                OR (r.purpose = 'late' AND r.customer_id IS NULL AND r.created_at > now() - interval '1 day'
                                    AND r.clock_offset_seconds = o.clock_offset_seconds)))
      ORDER BY o.id`,
    [correctionDays, waitsDays, organizationId],
  );
  return rows.map((row) => ({ ...row, now: row.now.getTime() }));
}
