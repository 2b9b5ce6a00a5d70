import type { Transaction } from '#libs/database/transaction.ts';
import { plainArray } from './array-literal.ts';
import { type HourRange, OF_SUBSCRIPTION, RANGES, rangeArrays } from './select-period-usage.ts';

/** Where to look for different values of one answer. */
export interface UniqueRange extends HourRange {
  /** The answer it belongs to. */
  readonly target: number;
  /** Null: every group. */
  readonly groupKey: string | null;
}

/** A value seen outside the hourly rows, and how often. */
export interface SeenValue {
  readonly target: number;
  /** 32 hex digits, as in usage_unique. */
  readonly value: string;
  readonly count: number;
}

/** How many different values each target has over all its ranges and seen values; a target without any is missing. */
export async function selectUniqueUsage(
  tx: Transaction,
  organizationId: number,
  ranges: readonly UniqueRange[],
  seen: readonly SeenValue[],
): Promise<Map<number, string>> {
  const { rows } = await tx.query<{ target: number; quantity: string }>({
    name: 'select-unique-usage',
    text: `WITH met AS (
             SELECT ($11::integer[])[w.position] AS target, u.value_hash, u.event_count
               FROM ${RANGES}
              CROSS JOIN LATERAL (
                    SELECT u.value_hash, u.event_count FROM usage_unique u
                     WHERE u.organization_id = $1 AND u.meter_id = w.meter_id AND u.customer = w.name
                       AND u.hour >= w.from_hour AND u.hour < w.to_hour AND ${OF_SUBSCRIPTION}
                       AND (($12::text[])[w.position] IS NULL OR u.group_key = ($12::text[])[w.position])) AS u
             UNION ALL
             SELECT * FROM unnest($13::integer[], $14::uuid[], $15::bigint[])
           ), standing AS (
             SELECT target, value_hash FROM met GROUP BY target, value_hash HAVING sum(event_count) > 0
           )
           SELECT target, count(*) AS quantity FROM standing GROUP BY target`,
    values: [
      organizationId,
      ...rangeArrays(ranges),
      plainArray(ranges.map((range) => range.target)),
      ranges.map((range) => range.groupKey),
      plainArray(seen.map(({ target }) => target)),
      plainArray(seen.map(({ value }) => value)),
      plainArray(seen.map(({ count }) => count)),
    ],
  });
  return new Map(rows.map((row) => [row.target, row.quantity]));
}
