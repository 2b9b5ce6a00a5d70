import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { createCountedTake } from '../counted-take.ts';
import type { EventsRouteDependencies } from '../events-route.ts';
import { takeUsage, type UsageTaker } from './take-usage.ts';
import {
  customerUsageSchema,
  pulseSchema,
  tenantUsageSchema,
  usageOfCustomer,
  usageOfPulse,
  usageOfTenant,
} from './usage-shapes.ts';

const bodySchema = z.union([tenantUsageSchema, customerUsageSchema]);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const takenSchema = z.object({ id: z.string(), status: z.literal('accepted') });
const recordedSchema = z.object({
  id: z.string(),
  customer_id: z.string(),
  resource_type: z.string(),
  quantity: z.union([z.number(), z.string()]),
  metadata: z.record(z.string(), scalar),
});

/** Paths of several APIs; which of the two shapes a body has is told by its own fields. */
const USAGE_PATHS = ['/v1/usage', '/api/usage', '/api/v1/usage'] as const;

/** Usage in the words of other metering APIs. Into the same log, by the same rules, as POST /v1/events. */
export function compatUsageRoutes({ rulesOf, now, ...dependencies }: EventsRouteDependencies): Route[] {
  const taker: UsageTaker = {
    take: createCountedTake(dependencies),
    rulesOf,
    now,
    newId: () => uuidv7(now(), randomBytes),
  };
  const usageRoutes = USAGE_PATHS.map((path) =>
    defineRoute({
      method: 'POST',
      path,
      idempotency: 'needless',
      scope: 'ingest',
      summary: 'Record usage: of a tenant (202; 409 when its dedupeKey was sent before) or of a customer (201)',
      body: bodySchema,
      response: z.union([takenSchema, recordedSchema]),
      status: 202,
      alsoStatus: [201],
      async handler({ organizationId, body, request }) {
        if ('tenantId' in body) {
          const { id, isDuplicate } = await takeUsage(taker, organizationId, usageOfTenant(body), request.headers);
          if (isDuplicate)
            throw new ApiError('duplicate_usage', `Usage with the key "${body.dedupeKey ?? id}" was taken already.`);
          return { body: { id, status: 'accepted' as const } };
        }
        const { id } = await takeUsage(taker, organizationId, usageOfCustomer(body), request.headers);
        return { status: 201, body: { id, ...body, metadata: body.metadata ?? {} } };
      },
    }),
  );
  return [
    ...usageRoutes,
    defineRoute({
      method: 'POST',
      path: '/pulses',
      idempotency: 'needless',
      scope: 'ingest',
      summary: 'Record a pulse: an event of the type "pulse"',
      body: pulseSchema,
      response: takenSchema,
      async handler({ organizationId, body, request }) {
        const { id } = await takeUsage(taker, organizationId, usageOfPulse(body), request.headers);
        return { body: { id, status: 'accepted' as const } };
      },
    }),
  ];
}
