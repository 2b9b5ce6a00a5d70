import type { Request, Response } from 'express';
import { z } from 'zod';
import { type CustomerNames, selectCustomerNames } from '#libs/catalog/store/select-customer-names.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { endWithText } from '#libs/http/pack.ts';
import { decodeCursor, encodeCursor, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { HOUR, hourOf } from '#libs/metering/hour.ts';
import { RawEventsGone } from '#libs/metering/read/raw-events-gone.ts';
import { readUsagePage } from '#libs/metering/read/read-usage-page.ts';
import type { Span } from '#libs/metering/read/split-span.ts';
import type { GroupChoice } from '#libs/metering/read/usage-request.ts';
import { hasSubscriptionRows } from '#libs/metering/store/has-subscription-rows.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { selectMeterVersions } from '#libs/metering/store/select-meter-versions.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { noSuchMeter } from '../present-meter.ts';
import { presentLive, presentUsage, type UsageAnswer, usageAnswer } from '../present-usage.ts';
import { createCurrentHourReader } from '../read-current-hour.ts';
import { usageCsv } from '../usage-csv.ts';
import { groupsOf, spanOf, type UsageQuery, usageQuery, windowsIn } from '../usage-query.ts';

const plainText = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'));
const positionSchema = z.tuple([plainText, z.int().min(-8.64e15).max(8.64e15), plainText]);

interface UsagePage {
  readonly data: readonly UsageAnswer[];
  readonly next_cursor: string | null;
  readonly source: 'database' | 'cache';
}

export function usageRoutes({ pool, cache, now }: ApiDependencies): Route[] {
  const readCurrentHour = createCurrentHourReader(cache);
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/usage',
      scope: 'read',
      summary: 'Usage of a meter by customer, window and group; windows without usage are left out',
      query: usageQuery,
      response: pageSchema(usageAnswer).extend({ source: z.enum(['database', 'cache']) }),
      alsoTypes: ['text/csv'],
      async handler({ organizationId, clockOffset, query, request, response }) {
        const span = spanOf(query, now() + clockOffset);
        const windows = windowsIn(span, query);
        const after = decodeCursor(query.cursor, positionSchema);
        const { page, properties } = await inOrganization(
          pool,
          organizationId,
          async (tx) => {
            const versions = (await selectMeterVersions(tx, organizationId, [query.meter])).get(query.meter);
            if (!versions) throw noSuchMeter(query.meter);
            const groups = groupsOf(query, versions);
            const customer = query.customer === undefined ? null : await namesOf(tx, organizationId, query.customer);
            const live = isLive({ query, windows, versions, groups, customer, now: now() + clockOffset })
              ? await readLive(tx, organizationId, versions[0] as StoredMeter, customer as CustomerNames, span)
              : null;
            const page =
              live ?? (await readPage(tx, organizationId, { query, versions, windows, groups, customer, after }));
            return { page, properties: groups.by };
          },
          'REPEATABLE READ READ ONLY',
        );
        if (!wantsCsv(query, request)) return { body: page };
        await sendCsv(request, response, page, properties);
        return {};
      },
    }),
  ];

  async function readLive(
    tx: Transaction,
    organizationId: number,
    meter: StoredMeter,
    { key }: CustomerNames,
    span: Span,
  ): Promise<UsagePage | null> {
    if (await hasSubscriptionRows(tx, organizationId, meter.id, key, span.from)) return null;
    const live = await readCurrentHour(organizationId, meter.id, key, span.from);
    return live && { data: [presentLive(meter.key, key, span, live)], next_cursor: null, source: 'cache' };
  }
}

async function namesOf(tx: Transaction, organizationId: number, name: string): Promise<CustomerNames> {
  return (await selectCustomerNames(tx, organizationId, [name])).get(name) as CustomerNames;
}

interface Asked {
  readonly query: UsageQuery;
  readonly versions: readonly StoredMeter[];
  readonly windows: readonly Span[];
  readonly groups: GroupChoice;
  readonly customer: CustomerNames | null;
}

/** Whether the live view holds exactly what is asked for: the running hour of one row whose total is the answer. */
function isLive({ query, windows, versions, customer, now }: Asked & { readonly now: number }): boolean {
  const [window] = windows as [Span];
  const [meter] = versions as [StoredMeter];
  return (
    windows.length === 1 &&
    window.from === hourOf(now) &&
    window.to === window.from + HOUR &&
    versions.length === 1 &&
    meter.groupBy.length === 0 &&
    (meter.aggregation === 'count' || meter.aggregation === 'sum') &&
    customer?.names.length === 1 &&
    query.subscription === undefined &&
    query.cursor === undefined
  );
}

async function readPage(
  tx: Transaction,
  organizationId: number,
  { query, versions, windows, groups, customer, after }: Asked & { after: [string, number, string] | undefined },
): Promise<UsagePage> {
  const { limit, subscription } = query;
  const rows = await readUsagePage(tx, organizationId, {
    versions,
    customer: customer?.key ?? null,
    namesOf: (keys) => selectCustomerNames(tx, organizationId, keys),
    subscription: subscription === undefined ? undefined : { named: subscription, orNone: false },
    windows,
    groups,
    after: after && { customer: after[0], from: after[1], groupKey: after[2] },
    limit: limit + 1,
  }).catch((error: unknown) => {
    if (!(error instanceof RawEventsGone)) throw error;
    throw new ApiError('raw_events_gone', `${error.message}. Ask for full hours of UTC (from, to, time_zone=UTC).`, {
      cause: error,
    });
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map((row) => presentUsage(query.meter, row)),
    next_cursor: rows.length > limit && last ? encodeCursor([last.customer, last.window.from, last.groupKey]) : null,
    source: 'database',
  };
}

const wantsCsv = ({ format }: UsageQuery, request: Request): boolean =>
  format === undefined ? request.accepts('application/json', 'text/csv') === 'text/csv' : format === 'csv';

async function sendCsv(
  request: Request,
  response: Response,
  page: UsagePage,
  properties: readonly string[],
): Promise<void> {
  if (page.next_cursor !== null) response.setHeader('X-Next-Cursor', page.next_cursor);
  response.setHeader('X-Source', page.source);
  response.status(200).type('text/csv; charset=utf-8; header=present');
  await endWithText(request, response, usageCsv(page.data, properties));
}
