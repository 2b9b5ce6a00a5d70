import type { Transaction } from '#libs/database/transaction.ts';

/** A time zone that subscriptions of an organization are pinned to, with a grace period of their customers. */
export interface ZoneOfOrganization {
  readonly organizationId: number;
  readonly timeZone: string;
  readonly graceMinutes: number;
}

/** Every organization with every time zone it bills in, and how long after the end of a period. */
export async function selectZones(tx: Transaction): Promise<ZoneOfOrganization[]> {
  const { rows } = await tx.query<ZoneOfOrganization>(
    `SELECT DISTINCT s.organization_id AS "organizationId", s.time_zone AS "timeZone", coalesce(c.grace_minutes, o.grace_minutes) AS "graceMinutes"
       FROM subscriptions s
       JOIN organizations o ON o.id = s.organization_id
       JOIN customers c ON c.organization_id = s.organization_id AND c.id = s.customer_id`,
  );
  return rows;
}
