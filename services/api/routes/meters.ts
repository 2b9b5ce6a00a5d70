import { z } from 'zod';
import { slugSchema } from '#libs/catalog/fields.ts';
import { selectMeterUser } from '#libs/catalog/store/select-meter-user.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError, invalidField } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { meterSchema, meterVersionSchema, valuePropertyFault } from '#libs/metering/meter-schema.ts';
import { advanceCatalogVersion } from '#libs/metering/store/advance-catalog-version.ts';
import { archiveMeter } from '#libs/metering/store/archive-meter.ts';
import { endMeterVersion } from '#libs/metering/store/end-meter-version.ts';
import { insertMeter } from '#libs/metering/store/insert-meter.ts';
import { listMeters } from '#libs/metering/store/list-meters.ts';
import { lockCatalogExclusive } from '#libs/metering/store/lock-catalog-exclusive.ts';
import { selectMetersByKey } from '#libs/metering/store/select-meters-by-key.ts';
import { selectOrganizationBounds } from '#libs/metering/store/select-organization-bounds.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { meterAnswer, noSuchMeter, presentMeter } from '../present-meter.ts';
import { firstUnreachedHour } from './first-unreached-hour.ts';

export function meterRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/meters',
      scope: 'write',
      summary: 'Create a meter; it counts events that are processed from then on, and earlier ones by a backfill',
      body: meterSchema,
      response: meterAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const meter = await changeCatalog(pool, organizationId, async (tx) => {
          const created = await insertMeter(tx, organizationId, { ...body, version: 1 });
          if (!created)
            throw new ApiError(
              'already_exists',
              `There is a meter "${body.key}" already. To change it make a new version: POST /v1/meters/${body.key}/versions.`,
            );
          await advanceCatalogVersion(tx);
          const data = presentMeter(created);
          await insertOutbox(tx, { organizationId, type: 'meter.created', subject: created.key, data });
          return created;
        });
        return { body: presentMeter(meter), headers: { Location: `/v1/meters/${meter.key}` } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/meters/{key}/versions',
      scope: 'write',
      matches: { path: '/v1/meters/{key}', lock: lockCatalogExclusive },
      summary: 'Change a meter from a full hour on: the version before ends there, what it counted stays',
      params: z.object({ key: slugSchema }),
      body: meterVersionSchema,
      response: meterAnswer,
      status: 201,
      async handler({ organizationId, clockOffset, params: { key }, body }) {
        const meter = await changeCatalog(pool, organizationId, async (tx) => {
          const last = (await selectMetersByKey(tx, organizationId, [key])).get(key);
          if (!last) throw noSuchMeter(key);
          if (last.archivedAt) throw new ApiError('meter_archived', `Meter "${key}" is archived: it counts no more.`);
          const fault = valuePropertyFault(last.aggregation, body.value_property);
          if (fault) throw invalidField('/value_property', fault);
          const bounds = await selectOrganizationBounds(tx, organizationId);
          const from = firstUnreachedHour(body.effective_from, last.effectiveFrom, bounds, now() + clockOffset);
          await endMeterVersion(tx, organizationId, last.id, new Date(from));
          const created = await insertMeter(tx, organizationId, {
            ...body,
            key,
            aggregation: last.aggregation,
            version: last.version + 1,
            effective_from: from,
          });
          if (!created) throw new Error(`meter ${key} has version ${last.version + 1} already`);
          await advanceCatalogVersion(tx);
          await insertOutbox(tx, {
            organizationId,
            type: 'meter.version_created',
            subject: key,
            data: presentMeter(created),
          });
          return created;
        });
        return { body: presentMeter(meter), headers: { Location: `/v1/meters/${key}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meters',
      scope: 'read',
      summary: 'List meters in all their versions, archived ones too',
      query: z.strictObject(pageQuery),
      response: pageSchema(meterAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, z.int().min(0).max(2_147_483_647)) ?? 0;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listMeters(tx, organizationId, after, limit + 1),
        );
        return { body: pageOf(rows, limit, presentMeter, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meters/{key}',
      scope: 'read',
      summary: 'One meter, in its newest version',
      response: meterAnswer,
      async handler({ organizationId, params: { key } }) {
        const meters = await inOrganization(pool, organizationId, (tx) => selectMetersByKey(tx, organizationId, [key]));
        const meter = meters.get(key);
        if (!meter) throw noSuchMeter(key);
        return { body: presentMeter(meter) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/meters/{key}/archive',
      scope: 'write',
      matches: { path: '/v1/meters/{key}', lock: lockCatalogExclusive },
      summary: 'Archive a meter: it counts no more, its usage stays',
      response: meterAnswer,
      async handler({ organizationId, clockOffset, params: { key } }) {
        const at = new Date(now() + clockOffset);
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
          await insertOutbox(tx, {
            organizationId,
            type: 'meter.archived',
            subject: key,
            data: presentMeter(archived),
          });
          return archived;
        });
        return { body: presentMeter(meter) };
      },
    }),
  ];
}
