import { z } from 'zod';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { findOverlap } from '#libs/catalog/overlap.ts';
import type { Charge } from '#libs/catalog/plan-schema.ts';
import { insertSubscription } from '#libs/catalog/store/insert-subscription.ts';
import { listSubscriptions } from '#libs/catalog/store/list-subscriptions.ts';
import { selectCharges } from '#libs/catalog/store/select-charges.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { selectMeteredTerms } from '#libs/catalog/store/select-metered-terms.ts';
import { selectPlan } from '#libs/catalog/store/select-plan.ts';
import { selectSubscription } from '#libs/catalog/store/select-subscription.ts';
import { type Subscription, subscriptionSchema } from '#libs/catalog/subscription-schema.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, invalidField } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { selectMetersByKey } from '#libs/metering/store/select-meters-by-key.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, timeSchema, uuidParams } from '../fields.ts';

const subscriptionAnswer = z.object({
  id: idSchema,
  customer: z.string(),
  plan: z.string(),
  version: z.int(),
  starts_on: z.iso.date(),
  ends_on: z.iso.date().nullable(),
  time_zone: z.string().describe('Pinned when the subscription was made'),
  created_at: timeSchema,
});

const present = (row: Subscription): z.infer<typeof subscriptionAnswer> => ({
  id: row.id,
  customer: row.customerKey,
  plan: row.planKey,
  version: row.planVersion,
  starts_on: row.startsOn,
  ends_on: row.endsOn,
  time_zone: row.timeZone,
  created_at: row.createdAt.toISOString(),
});

export function subscriptionRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/subscriptions',
      scope: 'write',
      summary: 'Put a customer on a plan',
      body: subscriptionSchema,
      response: subscriptionAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const created = await inOrganization(pool, organizationId, (tx) =>
          create(tx, organizationId, body, newId(dependencies)),
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
      async handler({ organizationId, query: { limit, cursor, customer } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listSubscriptions(tx, organizationId, customer ?? null, after, limit + 1),
        );
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
      async handler({ organizationId, params: { id } }) {
        const row = await inOrganization(pool, organizationId, (tx) => selectSubscription(tx, organizationId, id));
        if (!row) throw new ApiError('not_found', `There is no subscription ${id}.`);
        return { body: present(row) };
      },
    }),
  ];
}

type Input = z.infer<typeof subscriptionSchema>;

async function create(
  tx: Transaction,
  organizationId: number,
  input: Input,
  id: string,
): Promise<z.infer<typeof subscriptionAnswer>> {
  const { starts_on: startsOn, ends_on: endsOn } = input;
  // In this order everywhere: the catalogue, then the customer. No meter is archived, and no other subscription of the customer is
  // made, between the look and the commit.
  await lockCatalogShared(tx);
  const customer = await selectCustomerByKey(tx, organizationId, input.customer, true);
  if (!customer) throw invalidField('/customer', `There is no customer "${input.customer}".`, 'unknown_customer');
  const plan = await selectPlan(
    tx,
    organizationId,
    input.plan,
    input.version ?? null,
    input.version === undefined ? 'active' : null,
  );
  if (!plan) {
    const isVersion = input.version !== undefined && (await selectPlan(tx, organizationId, input.plan, null)) !== null;
    if (isVersion)
      throw invalidField('/version', `Plan "${input.plan}" has no version ${input.version}.`, 'unknown_version');
    throw invalidField('/plan', `There is no plan "${input.plan}".`, 'unknown_plan');
  }
  const { timeZone } = customer;
  const meters = await liveMetersOf(tx, organizationId, plan.key, await selectCharges(tx, organizationId, [plan.id]));
  const overlap = findOverlap(
    { startsOn, endsOn, timeZone, meters },
    await selectMeteredTerms(tx, organizationId, customer.id),
  );
  if (overlap) {
    throw new ApiError(
      'subscriptions_overlap',
      `Subscription ${overlap.id} of customer "${customer.key}" bills meter "${overlap.meter}" in the same time: the same usage would be billed twice. Let one end before the other starts.`,
    );
  }
  await insertSubscription(tx, organizationId, {
    id,
    customerId: customer.id,
    planId: plan.id,
    startsOn,
    endsOn,
    timeZone,
  });
  const presented = present((await selectSubscription(tx, organizationId, id)) as Subscription);
  await insertOutbox(tx, { organizationId, type: 'subscription.created', subject: id, data: presented });
  return presented;
}

async function liveMetersOf(
  tx: Transaction,
  organizationId: number,
  plan: string,
  charges: readonly Charge[],
): Promise<string[]> {
  const keys = charges.flatMap(({ meterKey }) => meterKey ?? []);
  const meters = await selectMetersByKey(tx, organizationId, keys);
  const archived = keys.find((key) => meters.get(key)?.archivedAt !== null);
  if (archived)
    throw invalidField(
      '/plan',
      `Plan "${plan}" prices the archived meter "${archived}": make a new version of the plan.`,
      'archived_meter',
    );
  return keys;
}
