import type { Transaction } from '#libs/database/transaction.ts';

/** Where the calendar stands in one zone of an organization. */
export interface ZoneToday {
  readonly organizationId: number;
  readonly timeZone: string;
  readonly today: string;
}

/** A customer of whom something may be over, or whose draft is to be looked at again. */
export interface CustomerInGrace {
  readonly organizationId: number;
  readonly customerId: string;
  /** Local date before which nothing is due. */
  readonly dueFrom: string;
  readonly today: string;
  readonly graceMinutes: number;
}

/** By organization and id, so many at most; without those all of whose drafts were made after `madeBefore`. */
export async function selectInGrace(
  tx: Transaction,
  zones: readonly ZoneToday[],
  page: { readonly madeBefore: Date; readonly after: CustomerInGrace | null; readonly limit: number },
): Promise<CustomerInGrace[]> {
  if (zones.length === 0) return [];
  const { rows } = await tx.query<CustomerInGrace>(
    `SELECT s.organization_id AS "organizationId", s.customer_id AS "customerId", min(least(s.due_from, z.today)) AS "dueFrom",
            max(z.today) AS today, min(coalesce(c.grace_minutes, o.grace_minutes)) AS "graceMinutes"
       FROM unnest($1::integer[], $2::text[], $3::date[]) AS z (organization_id, time_zone, today)
       JOIN subscriptions s ON s.organization_id = z.organization_id AND s.time_zone = z.time_zone
       JOIN customers c ON c.organization_id = s.organization_id AND c.id = s.customer_id
       JOIN organizations o ON o.id = s.organization_id
      WHERE (s.organization_id, s.customer_id) > ($4::integer, $5::uuid)
        AND coalesce(c.grace_minutes, o.grace_minutes) > 0
        AND (s.due_from <= z.today
             OR EXISTS (SELECT FROM invoice_drafts d
                         WHERE d.organization_id = s.organization_id AND d.customer_id = s.customer_id AND d.kind = 'period'))
        AND NOT EXISTS (SELECT FROM invoice_drafts d
                         WHERE d.organization_id = s.organization_id AND d.customer_id = s.customer_id AND d.kind = 'period'
                           AND d.refreshed_at > $6)
      GROUP BY s.organization_id, s.customer_id
      ORDER BY s.organization_id, s.customer_id
      LIMIT $7`,
    [
      zones.map((zone) => zone.organizationId),
      zones.map((zone) => zone.timeZone),
      zones.map((zone) => zone.today),
      page.after?.organizationId ?? 0,
      page.after?.customerId ?? '00000000-0000-0000-0000-000000000000',
      page.madeBefore,
      page.limit,
    ],
  );
  return rows;
}
