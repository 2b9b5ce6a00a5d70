import type { Transaction } from '#libs/database/transaction.ts';
import { SCHEDULE } from './insert-billing-run.ts';

/** Where the calendar stands in one zone of an organization. */
export interface ZoneDate {
  readonly organizationId: number;
  readonly timeZone: string;
  /** Local date up to which periods are over, grace included. */
  readonly overUntil: string;
  readonly offsetMinutes: number;
}

/** Periods of an organization that are over and not billed end in this window (local dates). */
export interface Overdue {
  readonly organizationId: number;
  readonly endsAfter: string;
  readonly endsUntil: string;
}

/**
 * Organizations with subscriptions that have fewer billed units than periods that are over, since they were entered, times charges. Left
 * out: organizations with an open run, customers parked within a day, and an organization whose last scheduled run within the
 * hour made nothing. So what cannot be billed is tried again, but not every minute.
 */
export async function selectOverdue(tx: Transaction, zones: readonly ZoneDate[]): Promise<Overdue[]> {
  if (zones.length === 0) return [];
  const { rows } = await tx.query<Overdue>(
    `WITH zone AS (
       SELECT * FROM unnest($1::integer[], $2::text[], $3::date[], $4::integer[])
                     AS z (organization_id, time_zone, over_until, offset_minutes)
        WHERE NOT EXISTS (SELECT FROM billing_runs r
                           WHERE r.organization_id = z.organization_id
                             AND (r.state IN ('queued', 'waiting', 'running')
                                  OR (r.requested_by = $5 AND r.invoices_created = 0
                                      AND r.finished_at > now() - interval '1 hour')))
     ), term AS (
       SELECT s.organization_id, s.id, s.plan_id, s.ends_on, z.over_until, z.offset_minutes,
              -- The local date of entry: the same rule as in due-units.ts, which judges the instant.
              greatest(s.starts_on, ((s.created_at AT TIME ZONE 'UTC') + make_interval(mins => z.offset_minutes))::date) AS after,
              least(z.over_until, s.ends_on) AS until
         FROM subscriptions s
         JOIN zone z ON z.organization_id = s.organization_id AND z.time_zone = s.time_zone
        WHERE NOT EXISTS (SELECT FROM billing_run_parked p
                           WHERE p.organization_id = s.organization_id AND p.customer_id = s.customer_id
                             AND p.parked_at > now() - interval '1 day')
     ), counted AS (
       -- Ends of periods in (after, until]: firsts of a month, and the subscription's own end where that is none.
       SELECT t.*, (extract(year FROM until) * 12 + extract(month FROM until)
                    - extract(year FROM after) * 12 - extract(month FROM after))
                   + CASE WHEN ends_on = until AND extract(day FROM ends_on) > 1 THEN 1 ELSE 0 END AS periods,
              least((date_trunc('month', after) + interval '1 month')::date, ends_on) AS first_end
         FROM term t
        WHERE until > after
     )
     SELECT organization_id AS "organizationId", min(after)::date AS "endsAfter", max(over_until)::date AS "endsUntil"
       FROM counted t
      WHERE periods > 0
        AND periods * (SELECT count(*) FROM charges c WHERE c.organization_id = t.organization_id AND c.plan_id = t.plan_id)
            > (SELECT count(*) FROM billed_units b
                WHERE b.organization_id = t.organization_id AND b.subscription_id = t.id
                  -- Half a day before the first end, so that neither it nor the end before it is misjudged in any zone.
                  AND b.service_to > (first_end::timestamp AT TIME ZONE 'UTC') - make_interval(mins => offset_minutes + 720))
      GROUP BY organization_id
      ORDER BY organization_id`,
    [
      zones.map((zone) => zone.organizationId),
      zones.map((zone) => zone.timeZone),
      zones.map((zone) => zone.overUntil),
      zones.map((zone) => zone.offsetMinutes),
      SCHEDULE,
    ],
  );
  return rows;
}
