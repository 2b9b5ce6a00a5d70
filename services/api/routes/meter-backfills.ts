import { z } from 'zod';
import { slugSchema } from '#libs/catalog/fields.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { requestBackfill } from '#libs/metering/backfill/request-backfill.ts';
import { type Backfill, selectBackfill } from '#libs/metering/store/select-backfill.ts';
import { selectFirstVersion } from '#libs/metering/store/select-first-version.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';
import { noSuchMeter } from '../present-meter.ts';

const backfillAnswer = z.object({
  meter: slugSchema,
  state: z.enum(['running', 'finished']),
  requested_at: timeSchema,
  finished_at: timeSchema.nullable(),
  events_seen: z.int().describe('Events of the organization that were looked at, of any type'),
  events_total: z.int().describe('How many there are, about'),
  events_counted: z.int(),
});

const present = (meter: string, backfill: Backfill): z.infer<typeof backfillAnswer> => ({
  meter,
  state: backfill.finishedAt ? 'finished' : 'running',
  requested_at: backfill.requestedAt.toISOString(),
  finished_at: backfill.finishedAt?.toISOString() ?? null,
  events_seen: Number(backfill.rowsSeen),
  events_total: Number(backfill.rowsTotal),
  events_counted: Number(backfill.eventsCounted),
});

/** Later versions begin where no event has been, so only the first has something before it. */
async function firstVersionOf(tx: Transaction, organizationId: number, key: string) {
  const meter = await selectFirstVersion(tx, organizationId, key);
  if (!meter) throw noSuchMeter(key);
  return meter;
}

export function meterBackfillRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/meters/{key}/backfill',
      scope: 'write',
      summary: 'Count events that arrived before the meter was made, from the raw events that are kept; once per meter',
      params: z.object({ key: slugSchema }),
      response: backfillAnswer,
      status: 202,
      async handler({ organizationId, params: { key } }) {
        const backfill = await changeCatalog(pool, organizationId, async (tx) => {
          const meter = await firstVersionOf(tx, organizationId, key);
          if (meter.archivedAt) throw new ApiError('meter_archived', `Meter "${key}" is archived: it counts no more.`);
          return requestBackfill(tx, organizationId, meter.id);
        });
        return { body: present(key, backfill) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meters/{key}/backfill',
      scope: 'read',
      summary: 'How far a backfill has come',
      params: z.object({ key: slugSchema }),
      response: backfillAnswer,
      async handler({ organizationId, params: { key } }) {
        const backfill = await inOrganization(pool, organizationId, async (tx) => {
          const meter = await firstVersionOf(tx, organizationId, key);
          return selectBackfill(tx, organizationId, meter.id);
        });
        if (!backfill) throw new ApiError('not_found', `No backfill of meter "${key}" was asked for.`);
        return { body: present(key, backfill) };
      },
    }),
  ];
}
