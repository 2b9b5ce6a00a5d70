import { z } from 'zod';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { hourOf } from '#libs/metering/hour.ts';
import { liveUsageEntries } from '#libs/metering/live-usage.ts';
import { selectLiveHours } from '#libs/metering/store/select-live-hours.ts';
import type { ApiDependencies } from '../dependencies.ts';

export function cacheRoutes({ pool, cache, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/cache/rebuild',
      scope: 'admin',
      idempotency: 'needless',
      summary: 'Write the running hour of every meter into the cache again, from the database',
      response: z.object({ written: z.int().describe('Customers and meters, one entry each') }),
      async handler({ organizationId }) {
        const at = now();
        const rows = await inOrganization(pool, organizationId, (tx) =>
          selectLiveHours(tx, organizationId, hourOf(at)),
        );
        const entries = liveUsageEntries(rows, at);
        try {
          await cache.putVersioned(entries);
        } catch (error) {
          throw new ApiError('unavailable', 'The cache does not answer. Usage is read from the database meanwhile.', {
            cause: error,
          });
        }
        return { body: { written: entries.length } };
      },
    }),
  ];
}
