import type { Transaction } from '#libs/database/transaction.ts';
import { HOUR, hourOf } from '../hour.ts';
import type { Span } from '../read/split-span.ts';
import type { SubscriptionRule } from '../read/usage-request.ts';
import { plainArray, textArray } from './array-literal.ts';

export interface ActiveWindow {
  /** Position of the customer. */
  readonly customer: number;
  /** Position of the window. */
  readonly window: number;
}

export interface ActiveWindowQuery {
  readonly meterIds: readonly number[];
  /** All names of each customer. */
  readonly customers: readonly (readonly string[])[];
  /** They touch, in order; not none. */
  readonly windows: readonly Span[];
  readonly subscription: SubscriptionRule | undefined;
  /** weighted_sum: what was changed once counts in every later window. */
  readonly hasLevel: boolean;
  readonly after: ActiveWindow;
  readonly limit: number;
}

/** The windows in whose hours a customer has rows, by customer and window: others need not be read. */
export async function selectActiveWindows(
  tx: Transaction,
  organizationId: number,
  query: ActiveWindowQuery,
): Promise<ActiveWindow[]> {
  const { customers, windows, subscription, hasLevel, after, limit } = query;
  const [first, last] = [windows[0] as Span, windows.at(-1) as Span];
  const { rows } = await tx.query<ActiveWindow>(
    `SELECT DISTINCT n.customer, w.position - 1 AS "window"
       FROM unnest($3::text[], $4::integer[]) AS n (name, customer)
      CROSS JOIN LATERAL (
            SELECT ${hasLevel ? 'min(u.hour)' : 'u.hour'} AS hour FROM usage_hourly u
             WHERE u.organization_id = $1 AND u.meter_id = ANY($2::integer[]) AND u.customer = n.name
               AND u.hour >= $6 AND u.hour < $7
               AND ($8::text IS NULL OR u.subscription = $8 OR ($9 AND u.subscription = ''))) AS h
      CROSS JOIN LATERAL generate_series(
            greatest(width_bucket(h.hour, $5::timestamptz[]), 1),
            ${hasLevel ? 'cardinality($5::timestamptz[])' : "width_bucket(h.hour + interval '1 hour' - interval '1 microsecond', $5::timestamptz[])"}
            ) AS w (position)
      WHERE h.hour IS NOT NULL AND (n.customer, w.position - 1) > ($10, $11)
      ORDER BY 1, 2 LIMIT $12`,
    [
      organizationId,
      query.meterIds,
      textArray(customers.flat()),
      plainArray(customers.flatMap((names, customer) => names.map(() => customer))),
      windows.map(({ from }) => new Date(from)),
      hasLevel ? '-infinity' : new Date(hourOf(first.from)),
      new Date(hourOf(last.to - 1) + HOUR),
      subscription?.named ?? null,
      subscription?.orNone ?? false,
      after.customer,
      after.window,
      limit,
    ],
  );
  return rows;
}
