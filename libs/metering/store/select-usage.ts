import type { Transaction } from '#libs/database/transaction.ts';

export type UsageWindow = 'hour' | 'day' | 'month' | 'total';

export interface UsageQuery {
  readonly organizationId: number;
  readonly meterId: number;
  /** Null: all customers. */
  readonly customer: string | null;
  /** Full hours, half open. */
  readonly from: Date;
  readonly to: Date;
  readonly window: UsageWindow;
  /** Only rows behind this one. */
  readonly after: UsagePosition | null;
  readonly limit: number;
}

export interface UsagePosition {
  readonly customer: string;
  readonly bucket: Date;
  readonly groupKey: string;
}

/** Usage of one customer and group in one window; `bucket` is the window's start in UTC (of `total`: the query's). */
export interface UsageRow extends UsagePosition {
  readonly quantity: string;
  readonly eventCount: string;
}

const BUCKETS: Readonly<Record<UsageWindow, string>> = {
  hour: 'hour',
  day: "date_trunc('day', hour, 'UTC')",
  month: "date_trunc('month', hour, 'UTC')",
  total: '$3::timestamptz',
};

/** Usage by customer, window and group, in that order. */
export async function selectUsage(tx: Transaction, query: UsageQuery): Promise<UsageRow[]> {
  const values: unknown[] = [query.organizationId, query.meterId, query.from, query.to, query.limit];
  const conditions = ['organization_id = $1', 'meter_id = $2', 'hour >= $3', 'hour < $4'];
  const bucket = BUCKETS[query.window];
  if (query.customer !== null) conditions.push(`customer = $${values.push(query.customer)}`);
  if (query.after) {
    const { customer, bucket: behind, groupKey } = query.after;
    const position = [values.push(customer), values.push(behind), values.push(groupKey)].map((index) => `$${index}`);
    // The first condition follows from the second; it lets the index skip what was read.
    conditions.push(`customer >= ${position[0]}`, `(customer, ${bucket}, group_key) > (${position.join(', ')})`);
  }
  const { rows } = await tx.query<UsageRow>(
    `SELECT customer, ${bucket} AS bucket, group_key AS "groupKey", sum(total) AS quantity, sum(event_count) AS "eventCount"
       FROM usage_hourly
      WHERE ${conditions.join(' AND ')}
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT $5`,
    values,
  );
  return rows;
}
