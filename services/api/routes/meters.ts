import { z } from 'zod';
import { slugSchema } from '#libs/catalog/fields.ts';
import { selectMeterUser } from '#libs/catalog/store/select-meter-user.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { meterSchema } from '#libs/metering/meter-schema.ts';
import { advanceCatalogVersion } from '#libs/metering/store/advance-catalog-version.ts';
import { archiveMeter } from '#libs/metering/store/archive-meter.ts';
import { insertMeter } from '#libs/metering/store/insert-meter.ts';
import { listMeters } from '#libs/metering/store/list-meters.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { selectMetersByKey } from '#libs/metering/store/select-meters-by-key.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';

const meterAnswer = z.object({
  key: slugSchema,
  name: z.string(),
  event_type: z.string(),
  aggregation: z.enum(['count', 'sum']),
  value_property: z.string().nullable(),
  group_by: z.array(z.string()),
  effective_from: timeSchema.nullable(),
  created_at: timeSchema,
  archived_at: timeSchema.nullable(),
});

const present = (meter: StoredMeter): z.infer<typeof meterAnswer> => ({
  key: meter.key,
  name: meter.name,
  event_type: meter.eventType,
  aggregation: meter.aggregation,
  value_property: meter.valueProperty,
  group_by: [...meter.groupBy],
  effective_from: meter.effectiveFrom?.toISOString() ?? null,
  created_at: meter.createdAt.toISOString(),
  archived_at: meter.archivedAt?.toISOString() ?? null,
});

const noSuchMeter = (key: string) => new ApiError('not_found', `There is no meter "${key}".`);

export function meterRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/meters',
      scope: 'write',
      summary: 'Create a meter; it counts events that are processed from then on',
      body: meterSchema,
      response: meterAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const meter = await changeCatalog(pool, organizationId, async (tx) => {
          const created = await insertMeter(tx, organizationId, body);
          if (!created)
            throw new ApiError(
              'already_exists',
              `There is a meter "${body.key}" already. Meters do not change: archive it and choose another key.`,
            );
          await advanceCatalogVersion(tx);
          await insertOutbox(tx, {
            organizationId,
            type: 'meter.created',
            subject: created.key,
            data: present(created),
          });
          return created;
        });
        return { body: present(meter), headers: { Location: `/v1/meters/${meter.key}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meters',
      scope: 'read',
      summary: 'List meters, archived ones too',
      query: z.strictObject(pageQuery),
      response: pageSchema(meterAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, z.int().min(0).max(2_147_483_647)) ?? 0;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listMeters(tx, organizationId, after, limit + 1),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meters/{key}',
      scope: 'read',
      summary: 'One meter',
      response: meterAnswer,
      async handler({ organizationId, params: { key } }) {
        const meters = await inOrganization(pool, organizationId, (tx) => selectMetersByKey(tx, organizationId, [key]));
        const meter = meters.get(key);
        if (!meter) throw noSuchMeter(key);
        return { body: present(meter) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/meters/{key}/archive',
      scope: 'write',
      summary: 'Archive a meter: it counts no more, its usage stays',
      response: meterAnswer,
      async handler({ organizationId, params: { key } }) {
        const at = new Date(now());
        const meter = await changeCatalog(pool, organizationId, async (tx) => {
          // A day of grace: a subscription that ended yesterday in UTC may still run in its own zone.
          const yesterday = new Date(at.getTime() - 86_400_000).toISOString().slice(0, 10);
          const user = await selectMeterUser(tx, organizationId, key, yesterday);
          if (user) {
            throw new ApiError(
              'meter_in_use',
              `Subscription ${user.subscriptionId} of customer "${user.customerKey}" is billed by meter "${key}": archiving would give its usage away.`,
            );
          }
          const archived = await archiveMeter(tx, organizationId, key, at);
          if (!archived) throw noSuchMeter(key);
          // Archived before: nothing changed now.
          if (archived.archivedAt?.getTime() !== at.getTime()) return archived;
          await advanceCatalogVersion(tx);
          await insertOutbox(tx, { organizationId, type: 'meter.archived', subject: key, data: present(archived) });
          return archived;
        });
        return { body: present(meter) };
      },
    }),
  ];
}
