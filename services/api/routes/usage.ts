import { z } from 'zod';
import { instantSchema, lineSchema, slugSchema } from '#libs/catalog/fields.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, encodeCursor, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { hourOf } from '#libs/metering/hour.ts';
import type { LiveUsage } from '#libs/metering/live-usage.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { selectMetersByKey } from '#libs/metering/store/select-meters-by-key.ts';
import { selectUsage, type UsageQuery, type UsageRow, type UsageWindow } from '#libs/metering/store/select-usage.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';
import { createCurrentHourReader } from '../read-current-hour.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const fullHourSchema = instantSchema.refine(
  (at) => at % HOUR === 0,
  'must lie on a full hour of UTC: usage is kept by the hour',
);

const usageQuery = z
  .strictObject({
    ...pageQuery,
    meter: slugSchema,
    customer: lineSchema().optional().describe('As events name it; all customers if left out'),
    from: fullHourSchema.optional().describe('The beginning of this month if left out'),
    to: fullHourSchema.optional().describe('The end of this hour if left out; not included'),
    window: z.enum(['hour', 'day', 'month', 'total']).default('total').describe('What usage is summed over, in UTC'),
  })
  .superRefine(({ from, to }, context) => {
    if (from !== undefined && to !== undefined && from >= to) {
      context.addIssue({ code: 'custom', path: ['to'], message: 'must be after from' });
    }
  });

const usageAnswer = z.object({
  customer: z.string(),
  meter: z.string(),
  group: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('Values of the group-by properties; null for a meter without'),
  from: timeSchema,
  to: timeSchema,
  quantity: z.string(),
  event_count: z.int(),
});
type UsageAnswer = z.infer<typeof usageAnswer>;

const plainText = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'));
const positionSchema = z.tuple([plainText, z.int().min(0).max(8.64e15), plainText]);

export function usageRoutes({ pool, cache, now }: ApiDependencies): Route[] {
  const readCurrentHour = createCurrentHourReader(cache);
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/usage',
      scope: 'read',
      summary: 'Usage of a meter by customer, time and group; windows without usage are left out',
      query: usageQuery,
      response: pageSchema(usageAnswer).extend({ source: z.enum(['database', 'cache']) }),
      async handler({ organizationId, query }) {
        const [from, to] = rangeOf(query, now());
        const after = decodeCursor(query.cursor, positionSchema);
        const customer = query.customer ?? null;
        const found = await inOrganization(pool, organizationId, async (tx) => {
          const meter = await meterOf(tx, organizationId, query.meter);
          const wanted: UsageQuery = {
            organizationId,
            meterId: meter.id,
            customer,
            from: new Date(from),
            to: new Date(to),
            window: query.window,
            after: after ? { customer: after[0], bucket: new Date(after[1]), groupKey: after[2] } : null,
            limit: query.limit + 1,
          };
          // Only what lies in the running hour alone, of one customer, has a live view.
          const isLive =
            from === hourOf(now()) && to === from + HOUR && customer !== null && meter.groupBy.length === 0 && !after;
          const live = isLive ? await readCurrentHour(organizationId, meter.id, customer, from) : null;
          return live ? { live } : { rows: await selectUsage(tx, wanted) };
        });
        const range = { meter: query.meter, window: query.window, from, to };
        if (found.live) {
          return {
            body: { data: [presentLive(found.live, customer as string, range)], next_cursor: null, source: 'cache' },
          };
        }
        const shown = found.rows.slice(0, query.limit);
        const last = shown.at(-1);
        const next =
          found.rows.length > query.limit && last
            ? encodeCursor([last.customer, last.bucket.getTime(), last.groupKey])
            : null;
        return { body: { data: shown.map((row) => present(row, range)), next_cursor: next, source: 'database' } };
      },
    }),
  ];
}

interface Range {
  readonly meter: string;
  readonly window: UsageWindow;
  readonly from: number;
  readonly to: number;
}

function rangeOf(
  query: { readonly from?: number | undefined; readonly to?: number | undefined },
  now: number,
): [number, number] {
  const today = new Date(now);
  const from = query.from ?? Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1);
  const to = query.to ?? hourOf(now) + HOUR;
  if (from < to) return [from, to];
  const [name, detail] =
    query.to === undefined
      ? ['from', 'must not lie in the future, or send to as well']
      : ['to', 'lies before this month: send from as well'];
  throw new ApiError('invalid_request', `query parameter ${name} ${detail}.`, {
    errors: [{ pointer: `/${name}`, in: 'query', detail }],
  });
}

async function meterOf(tx: Transaction, organizationId: number, key: string): Promise<StoredMeter> {
  const meter = (await selectMetersByKey(tx, organizationId, [key])).get(key);
  if (!meter) throw new ApiError('not_found', `There is no meter "${key}".`);
  return meter;
}

function present(row: UsageRow, { meter, window, from, to }: Range): UsageAnswer {
  const bucket = row.bucket.getTime();
  return {
    customer: row.customer,
    meter,
    group: row.groupKey === '' ? null : (JSON.parse(row.groupKey) as Record<string, unknown>),
    // The first and the last window are cut off where the question ends.
    from: new Date(Math.max(bucket, from)).toISOString(),
    to: new Date(Math.min(endOf(bucket, window, to), to)).toISOString(),
    quantity: decimalString(new Big(row.quantity)),
    event_count: Number(row.eventCount),
  };
}

function endOf(bucket: number, window: UsageWindow, to: number): number {
  if (window === 'hour') return bucket + HOUR;
  if (window === 'day') return bucket + DAY;
  if (window === 'total') return to;
  const start = new Date(bucket);
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}

const presentLive = (live: LiveUsage, customer: string, { meter, from, to }: Range): UsageAnswer => ({
  customer,
  meter,
  group: null,
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  quantity: decimalString(new Big(live.quantity)),
  event_count: Number(live.event_count),
});
