import type { Transaction } from '#libs/database/transaction.ts';
import { SCHEDULE } from './insert-billing-run.ts';

/** Where the calendar stands in one zone of an organization, for customers with one grace period. */
export interface ZoneDate {
  readonly organizationId: number;
  readonly timeZone: string;
  readonly graceMinutes: number;
  /** Local date up to which periods are over, grace included. */
  readonly overUntil: string;
}

/** A subscription that may have something due and not billed. */
export interface MaybeDue {
  readonly organizationId: number;
  readonly subscriptionId: string;
  /** Local date before which nothing is. */
  readonly dueFrom: string;
  /** Place from 0 of its zone. */
  readonly zone: number;
}

/**
 * Subscriptions whose `due_from` has come, the earliest first and so many at most, locked: whoever changes one of them meanwhile waits. Left
 * out: organizations with an open run (dry ones aside), customers parked within a day, and an organization with a scheduled run within the hour that
 * made no document. So what cannot be billed is tried again, but not every minute; and at once when the organization's clock was moved since.
 */
export async function lockMaybeDue(tx: Transaction, zones: readonly ZoneDate[], limit: number): Promise<MaybeDue[]> {
  if (zones.length === 0) return [];
  const { rows } = await tx.query<MaybeDue>(
    `SELECT s.organization_id AS "organizationId", s.id AS "subscriptionId", s.due_from AS "dueFrom", (z.position - 1)::integer AS zone
       FROM unnest($1::integer[], $2::text[], $3::date[], $6::integer[])
            WITH ORDINALITY AS z (organization_id, time_zone, over_until, grace_minutes, position)
       JOIN organizations o ON o.id = z.organization_id
       JOIN subscriptions s ON s.organization_id = z.organization_id AND s.time_zone = z.time_zone AND s.due_from <= z.over_until
       JOIN customers c ON c.organization_id = s.organization_id AND c.id = s.customer_id
                       AND coalesce(c.grace_minutes, o.grace_minutes) = z.grace_minutes
      WHERE NOT EXISTS (SELECT FROM billing_runs r
                         WHERE r.organization_id = z.organization_id AND NOT r.dry_run
                           AND (r.state IN ('queued', 'waiting', 'running')
                                OR (r.requested_by = $4 AND r.finished_at > now() - interval '1 hour'
                                    AND r.clock_offset_seconds = o.clock_offset_seconds
                                    AND NOT EXISTS (SELECT FROM invoices i
                                                     WHERE i.organization_id = r.organization_id AND i.billing_run_id = r.id))))
        AND NOT EXISTS (SELECT FROM billing_run_parked p
                         JOIN billing_runs r ON r.organization_id = p.organization_id AND r.id = p.billing_run_id AND NOT r.dry_run
                                                AND r.clock_offset_seconds = o.clock_offset_seconds
                         WHERE p.organization_id = s.organization_id AND p.customer_id = s.customer_id
                           AND p.parked_at > now() - interval '1 day')
      ORDER BY s.organization_id, s.due_from, s.id
      LIMIT $5
        FOR NO KEY UPDATE OF s SKIP LOCKED`,
    [
      zones.map((zone) => zone.organizationId),
      zones.map((zone) => zone.timeZone),
      zones.map((zone) => zone.overUntil),
      SCHEDULE,
      limit,
      zones.map((zone) => zone.graceMinutes),
    ],
  );
  return rows;
}
