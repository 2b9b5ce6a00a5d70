import type { Transaction } from '#libs/database/transaction.ts';
import { Big } from '#libs/money/decimal.ts';
import type { PartialUsage } from '../read/partial-usage.ts';
import type { SubscriptionRule } from '../read/usage-request.ts';
import { nullableArray, plainArray, textArray } from './array-literal.ts';

/** Hourly rows of one meter version and one name: full hours, epoch milliseconds, half open. */
export interface HourRange {
  readonly meterId: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** weighted_sum: hours that end by this instant make the level; null for meters whose past does not matter. */
  readonly levelUntil: number | null;
  /** weighted_sum: end of the span that is asked for. */
  readonly spanEnd: number;
  readonly subscription: SubscriptionRule | undefined;
  /** Groups apart, or all together under ''. */
  readonly byGroup: boolean;
}

export interface RangeUsage {
  /** Position of the range. */
  readonly range: number;
  readonly groupKey: string;
  readonly usage: PartialUsage;
}

/** What the hourly rows hold of each range, by group, by one statement: each range is one range of the primary key. */
export async function selectPeriodUsage(
  tx: Transaction,
  organizationId: number,
  ranges: readonly HourRange[],
): Promise<RangeUsage[]> {
  if (ranges.length === 0) return [];
  const { rows } = await tx.query<UsageRow>({
    name: 'select-period-usage',
    text: SELECT,
    values: [organizationId, ...rangeArrays(ranges)],
  });
  return rows.map(toRangeUsage);
}

/** The columns of `w` below. */
export const rangeArrays = (ranges: readonly HourRange[]): unknown[] => [
  plainArray(ranges.map((range) => range.meterId)),
  textArray(ranges.map((range) => range.name)),
  plainArray(ranges.map((range) => instant(range.from))),
  plainArray(ranges.map((range) => instant(range.to))),
  nullableArray(ranges.map(({ levelUntil }) => (levelUntil === null ? null : instant(levelUntil)))),
  plainArray(ranges.map((range) => range.spanEnd)),
  ranges.map(({ subscription }) => subscription?.named ?? null),
  plainArray(ranges.map(({ subscription }) => String(subscription?.orNone ?? false))),
  plainArray(ranges.map((range) => String(range.byGroup))),
];

/** Quoted, since it holds no comma but may begin with a sign. */
const instant = (at: number): string => `"${new Date(at).toISOString()}"`;

export const RANGES = `unnest($2::integer[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::numeric[], $8::text[],
         $9::boolean[], $10::boolean[]) WITH ORDINALITY
       AS w (meter_id, name, from_hour, to_hour, level_until, span_end, subscription, or_none, by_group, position)`;

/** Of the table u. */
export const OF_SUBSCRIPTION = `(w.subscription IS NULL OR u.subscription = w.subscription OR (w.or_none AND u.subscription = ''))`;

const IN_SPAN = 'FILTER (WHERE u.hour >= w.from_hour)';
const LATEST_FIRST = 'ORDER BY u.latest_time DESC, u.latest_id DESC) FILTER (WHERE u.latest IS NOT NULL';

const SELECT = `
  SELECT w.position::integer - 1 AS range, s.*
    FROM ${RANGES}
   CROSS JOIN LATERAL (
         SELECT CASE WHEN w.by_group THEN u.group_key ELSE '' END AS "groupKey",
                coalesce(sum(u.event_count) ${IN_SPAN}, 0) AS "eventCount",
                coalesce(sum(u.digest) ${IN_SPAN}, 0) AS digest,
                coalesce(sum(u.total) ${IN_SPAN}, 0) AS total,
                coalesce(sum(u.total) FILTER (WHERE u.hour < w.level_until), 0) AS level,
                coalesce(sum(u.total * (w.span_end - extract(epoch FROM u.hour) * 1000 - 3600000) + u.weighted)
                         FILTER (WHERE u.hour >= w.from_hour AND u.weighted IS NOT NULL), 0) AS integral,
                min(u.minimum) AS minimum, max(u.maximum) AS maximum,
                (array_agg(u.latest ${LATEST_FIRST}))[1] AS latest,
                (array_agg(extract(epoch FROM u.latest_time) * 1000 ${LATEST_FIRST}))[1] AS "latestTime",
                (array_agg(u.latest_id ${LATEST_FIRST}))[1] AS "latestId"
           FROM usage_hourly u
          WHERE u.organization_id = $1 AND u.meter_id = w.meter_id AND u.customer = w.name
            AND u.hour >= CASE WHEN w.level_until IS NULL THEN w.from_hour ELSE '-infinity' END AND u.hour < w.to_hour
            AND ${OF_SUBSCRIPTION}
          GROUP BY 1) AS s`;

interface UsageRow {
  readonly range: number;
  readonly groupKey: string;
  readonly eventCount: string;
  readonly digest: string;
  readonly total: string;
  readonly level: string;
  readonly integral: string;
  readonly minimum: string | null;
  readonly maximum: string | null;
  readonly latest: string | null;
  readonly latestTime: string | null;
  readonly latestId: string | null;
}

const toRangeUsage = ({ range, groupKey, ...row }: UsageRow): RangeUsage => ({
  range,
  groupKey,
  usage: {
    eventCount: BigInt(row.eventCount),
    digest: BigInt(row.digest),
    total: new Big(row.total),
    level: new Big(row.level),
    integral: new Big(row.integral),
    minimum: row.minimum === null ? null : new Big(row.minimum),
    maximum: row.maximum === null ? null : new Big(row.maximum),
    latest:
      row.latest === null ? null : { value: row.latest, time: Number(row.latestTime), id: row.latestId as string },
  },
});
