import { z } from 'zod';
import { EVEN_IF_FAULTY, lineSchema } from '#libs/catalog/fields.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { listMeters } from '#libs/metering/store/list-meters.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { timeSchema } from '../fields.ts';
import type { CompatDependencies } from './compat-dependencies.ts';
import { findTenant, tenantParams } from './find-tenant.ts';
import { jsonNumber, jsonNumberSchema } from './json-number.ts';
import { readUsageWindows } from './read-usage-windows.ts';
import { checkDays, daysShape, spanOfDays } from './span-of-days.ts';

const usageAnswer = z.array(
  z.object({
    tenantId: z.string(),
    metric: z.string().describe('Key of the meter'),
    periodStart: timeSchema,
    periodEnd: timeSchema.describe('Not included'),
    usageCount: jsonNumberSchema,
  }),
);

const MAX_METERS = 1000;

export function tenantUsageRoutes({ pool, now }: CompatDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/usage/tenants/{id}',
      scope: 'read',
      summary: 'Hourly usage of a customer, by meter and hour of UTC; hours without usage are left out',
      params: tenantParams,
      query: z
        .strictObject({
          metric: lineSchema().optional().describe('Key of a meter, or the event type of meters; all if left out'),
          ...daysShape,
        })
        .superRefine(checkDays, EVEN_IF_FAULTY),
      response: usageAnswer,
      async handler({ organizationId, clockOffset, params: { id }, query }) {
        const span = spanOfDays(query, now() + clockOffset);
        const body = await inOrganization(
          pool,
          organizationId,
          async (tx) => {
            const { key } = await findTenant(tx, organizationId, id);
            const rows: z.infer<typeof usageAnswer> = [];
            for (const [metric, versions] of await metersOf(tx, organizationId, query.metric)) {
              const asked = { versions, customer: key, span, window: 'hour', groupBy: [] } as const;
              for (const { window, quantity } of await readUsageWindows(tx, organizationId, asked))
                rows.push({
                  tenantId: key,
                  metric,
                  periodStart: new Date(window.from).toISOString(),
                  periodEnd: new Date(window.to).toISOString(),
                  usageCount: jsonNumber(quantity),
                });
            }
            return rows;
          },
          'REPEATABLE READ READ ONLY',
        );
        return { body };
      },
    }),
  ];
}

/** All versions of each meter that is meant, by key. @throws ApiError when there is none */
async function metersOf(
  tx: Transaction,
  organizationId: number,
  metric: string | undefined,
): Promise<Map<string, StoredMeter[]>> {
  const all = Map.groupBy(await listMeters(tx, organizationId, 0, MAX_METERS), ({ key }) => key);
  if (metric === undefined) return all;
  const byKey = all.get(metric);
  if (byKey) return new Map([[metric, byKey]]);
  const ofType = [...all].filter(([, versions]) => versions.some(({ eventType }) => eventType === metric));
  if (ofType.length > 0) return new Map(ofType);
  throw new ApiError(
    'not_found',
    `No meter has the key "${metric}" or counts events of that type: make one (POST /v1/meters), and backfill it if usage came in before.`,
  );
}
