import type { Transaction } from '#libs/database/transaction.ts';

/** A time zone that subscriptions of an organization are pinned to, with a grace period of their customers. */
export interface ZoneOfOrganization {
  readonly organizationId: number;
  readonly timeZone: string;
  readonly graceMinutes: number;
  /** Epoch milliseconds: the organization's present. */
  readonly now: number;
}

/** Every organization with every time zone it bills in, and how long after the end of a period; or those of one organization. */
export async function selectZones(
  tx: Transaction,
  organizationId: number | null = null,
): Promise<ZoneOfOrganization[]> {
  const { rows } = await tx.query<Omit<ZoneOfOrganization, 'now'> & { readonly now: Date }>(
    `SELECT DISTINCT s.organization_id AS "organizationId", s.time_zone AS "timeZone", coalesce(c.grace_minutes, o.grace_minutes) AS "graceMinutes",
            now() + make_interval(secs => o.clock_offset_seconds) AS now
       FROM subscriptions s
       JOIN organizations o ON o.id = s.organization_id
       JOIN customers c ON c.organization_id = s.organization_id AND c.id = s.customer_id
      WHERE $1::integer IS NULL OR s.organization_id = $1`,
    [organizationId],
  );
  return rows.map((row) => ({ ...row, now: row.now.getTime() }));
}
