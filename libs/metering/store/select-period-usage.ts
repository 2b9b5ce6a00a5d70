import type { Transaction } from '#libs/database/transaction.ts';

/** Usage of one meter and customer (by key) in a span of whole hours, half open. */
export interface UsageRequest {
  readonly meterId: number;
  readonly customer: string;
  /** Instants, RFC 3339. */
  readonly from: string;
  readonly to: string;
}

export interface PeriodUsage {
  /** Sum over all groups; '0' without events. */
  readonly quantity: string;
  readonly eventCount: string;
  /** Sum of the events' hashes mod 2^256. */
  readonly digest: string;
}

/** One answer per request, in their order, by one statement: each request is one range of the primary key. */
export async function selectPeriodUsage(
  tx: Transaction,
  organizationId: number,
  requests: readonly UsageRequest[],
): Promise<PeriodUsage[]> {
  if (requests.length === 0) return [];
  const { rows } = await tx.query<{ quantity: string; event_count: string; digest: string }>(
    `SELECT usage.quantity, usage.event_count, usage.digest
       FROM unnest($2::integer[], $3::text[], $4::timestamptz[], $5::timestamptz[])
            WITH ORDINALITY AS wanted (meter_id, customer, from_hour, to_hour, position)
      CROSS JOIN LATERAL (
            SELECT coalesce(sum(u.total), 0) AS quantity,
                   coalesce(sum(u.event_count), 0) AS event_count,
                   mod(coalesce(sum(u.digest), 0),
                       115792089237316195423570985008687907853269984665640564039457584007913129639936) AS digest
              FROM usage_hourly u
             WHERE u.organization_id = $1 AND u.meter_id = wanted.meter_id AND u.customer = wanted.customer
               AND u.hour >= wanted.from_hour AND u.hour < wanted.to_hour) AS usage
      ORDER BY wanted.position`,
    [
      organizationId,
      requests.map((request) => request.meterId),
      requests.map((request) => request.customer),
      requests.map((request) => request.from),
      requests.map((request) => request.to),
    ],
  );
  return rows.map((row) => ({ quantity: row.quantity, eventCount: row.event_count, digest: row.digest }));
}
