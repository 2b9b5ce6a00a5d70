import { z } from 'zod';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { listSubscriptions } from '#libs/catalog/store/list-subscriptions.ts';
import { selectSubscription } from '#libs/catalog/store/select-subscription.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { subscriptionSchema } from '#libs/catalog/subscription-schema.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { readSubscriptions } from '#libs/invoicing/collect/read-subscriptions.ts';
import { createSubscription, unknownNamesOfRefused } from '../create-subscription.ts';
import { type ApiDependencies, inTimeOf } from '../dependencies.ts';
import { idSchema, uuidParams } from '../fields.ts';
import { presentSubscription, subscriptionAnswer } from '../present-subscription.ts';

export function subscriptionRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/subscriptions',
      scope: 'write',
      summary: 'Put a customer on a plan',
      body: subscriptionSchema,
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) => unknownNamesOfRefused(tx, organizationId, body)),
      response: subscriptionAnswer,
      status: 201,
      async handler({ organizationId, clockOffset, body }) {
        const created = await inOrganization(pool, organizationId, (tx) =>
          createSubscription(tx, organizationId, body, inTimeOf(dependencies, clockOffset)),
        );
        return { body: created, headers: { Location: `/v1/subscriptions/${created.id}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/subscriptions',
      scope: 'read',
      summary: 'List subscriptions',
      query: z.strictObject({
        ...pageQuery,
        customer: customerKeySchema.optional().describe('Only of the customer with this key'),
      }),
      response: pageSchema(subscriptionAnswer),
      async handler({ organizationId, clockOffset, query: { limit, cursor, customer } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const { rows, subscribed } = await inOrganization(pool, organizationId, async (tx) => {
          const rows = await listSubscriptions(tx, organizationId, customer ?? null, after, limit + 1);
          const subscriptionIds = rows.map(({ id }) => id);
          return { rows, subscribed: await readSubscriptions(tx, organizationId, { subscriptionIds }) };
        });
        const byId = new Map(subscribed.map((one) => [one.subscriptionId, one]));
        const present = (row: (typeof rows)[number]) =>
          presentSubscription(row, byId.get(row.id) as Subscribed, now() + clockOffset);
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/subscriptions/{id}',
      scope: 'read',
      summary: 'One subscription',
      params: uuidParams,
      response: subscriptionAnswer,
      async handler({ organizationId, clockOffset, params: { id } }) {
        const found = await inOrganization(pool, organizationId, async (tx) => {
          const row = await selectSubscription(tx, organizationId, id);
          if (!row) return null;
          const [subscribed] = await readSubscriptions(tx, organizationId, { subscriptionIds: [id] });
          return presentSubscription(row, subscribed as Subscribed, now() + clockOffset);
        });
        if (!found) throw new ApiError('not_found', `There is no subscription ${id}.`);
        return { body: found };
      },
    }),
  ];
}
