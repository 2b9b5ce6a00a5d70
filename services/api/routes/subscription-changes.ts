import { z } from 'zod';
import { inOrder } from '#libs/catalog/segments.ts';
import { cancellationSchema, changeSchema, pauseSchema } from '#libs/catalog/subscription-schema.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { readSubscriptions } from '#libs/invoicing/collect/read-subscriptions.ts';
import {
  type ChangeContext,
  cancelSubscription,
  changeFaultsOfRefused,
  changeSubscription,
  dropChange,
  keepSubscription,
  pauseSubscription,
  resumeSubscription,
} from '../change-subscription.ts';
import { type ApiDependencies, inTimeOf } from '../dependencies.ts';
import { uuidParams } from '../fields.ts';
import {
  changeAnswer,
  type PresentedSubscription,
  presentChange,
  subscriptionAnswer,
} from '../present-subscription.ts';

interface Changing {
  readonly organizationId: number;
  readonly clockOffset: number;
  readonly params: { readonly id: string };
}

/** What can happen to a subscription after it was made. Each answers with the subscription as it is today. */
export function subscriptionChangeRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  const within = async (
    { organizationId, clockOffset, params: { id } }: Changing,
    work: (context: ChangeContext) => Promise<PresentedSubscription>,
  ) => ({
    body: await inOrganization(pool, organizationId, (tx) =>
      work({ tx, organizationId, id, dependencies: inTimeOf(dependencies, clockOffset) }),
    ),
  });
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/subscriptions/{id}/change',
      scope: 'write',
      summary: 'Change plan, version, quantities or overrides, now or later',
      params: uuidParams,
      body: changeSchema,
      moreFaults: ({ organizationId, clockOffset, params: { id }, body }) =>
        inOrganization(pool, organizationId, (tx) =>
          changeFaultsOfRefused({ tx, organizationId, id, dependencies: inTimeOf(dependencies, clockOffset) }, body),
        ),
      response: subscriptionAnswer,
      handler: (call) => within(call, (context) => changeSubscription(context, call.body)),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/subscriptions/{id}/cancel',
      scope: 'write',
      summary: 'Let it end with a day; fees in advance of what is not used are credited',
      params: uuidParams,
      body: cancellationSchema,
      response: subscriptionAnswer,
      handler: (call) => within(call, (context) => cancelSubscription(context, call.body.when)),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/subscriptions/{id}/cancellation',
      scope: 'write',
      summary: 'Take back a cancellation that has not taken effect',
      params: uuidParams,
      response: subscriptionAnswer,
      handler: (call) => within(call, keepSubscription),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/subscriptions/{id}/pause',
      scope: 'write',
      summary: 'Stop billing it; usage is recorded on, and never billed',
      params: uuidParams,
      body: pauseSchema,
      response: subscriptionAnswer,
      handler: (call) => within(call, (context) => pauseSubscription(context, call.body.when)),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/subscriptions/{id}/resume',
      scope: 'write',
      summary: 'Bill it again after a pause',
      params: uuidParams,
      body: pauseSchema,
      response: subscriptionAnswer,
      handler: (call) => within(call, (context) => resumeSubscription(context, call.body.when)),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/subscriptions/{id}/changes',
      scope: 'read',
      summary: 'Everything that it was and is to be, in the order of its days',
      params: uuidParams,
      response: z.object({ data: z.array(changeAnswer) }),
      async handler({ organizationId, clockOffset, params: { id } }) {
        const data = await inOrganization(pool, organizationId, (tx) =>
          listChanges(tx, organizationId, id, now() + clockOffset),
        );
        return { body: { data } };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/subscriptions/{id}/changes/{change}',
      scope: 'write',
      summary: 'Take back a change that has not taken effect',
      params: z.object({ id: z.uuid(), change: z.uuid() }),
      response: subscriptionAnswer,
      handler: (call) => within(call, (context) => dropChange(context, call.params.change)),
    }),
  ];
}

async function listChanges(
  tx: Transaction,
  organizationId: number,
  id: string,
  now: number,
): Promise<z.infer<typeof changeAnswer>[]> {
  const [subscribed] = await readSubscriptions(tx, organizationId, { subscriptionIds: [id] });
  if (!subscribed) throw new ApiError('not_found', `There is no subscription ${id}.`);
  return inOrder(subscribed.changes).map((change) => presentChange(subscribed, change, now));
}
