import { z } from 'zod';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import { type Customer, customerSchema } from '#libs/catalog/customer-schema.ts';
import { lineSchema, slugSchema } from '#libs/catalog/fields.ts';
import { insertCustomer } from '#libs/catalog/store/insert-customer.ts';
import { lockCustomerNames } from '#libs/catalog/store/lock-customer-names.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { planOf } from '#libs/catalog/subscribed.ts';
import { subscriptionSchema } from '#libs/catalog/subscription-schema.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, invalidFields } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { readSubscriptions } from '#libs/invoicing/collect/read-subscriptions.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { createSubscription } from '../create-subscription.ts';
import { inTimeOf, newId } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';
import type { CompatDependencies } from './compat-dependencies.ts';
import { findTenant, tenantParams } from './find-tenant.ts';

const tenantAnswer = z.object({
  id: z.string().describe('Key of the customer'),
  name: z.string(),
  planId: z.string().nullable().describe('Key of the plan that it is on today; null: on none'),
  createdAt: timeSchema,
});

const present = (customer: Customer, planId: string | null): z.infer<typeof tenantAnswer> => ({
  id: customer.key,
  name: customer.name,
  planId,
  createdAt: customer.createdAt.toISOString(),
});

/** Key of the plan that a customer is on at an instant; of several subscriptions the first. */
function planKeyAt(subscriptions: readonly Subscribed[], now: number): string | null {
  for (const subscription of subscriptions) {
    const today = localDateAt(now, subscription.timeZone);
    if (today < subscription.startsOn || (subscription.endsOn !== null && subscription.endsOn <= today)) continue;
    const inForce = subscription.changes.filter(({ startsOn, planId }) => startsOn <= today && planId !== null).at(-1);
    if (inForce?.planId) return planOf(subscription, inForce.planId).key;
  }
  return null;
}

export function tenantRoutes(dependencies: CompatDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants',
      scope: 'write',
      summary: 'Create a customer, on a plan from today on',
      body: z.strictObject({
        name: lineSchema(),
        planId: slugSchema.nullish().describe('Key of an active plan; without it the tenant is on none'),
      }),
      response: tenantAnswer,
      status: 201,
      async handler({ organizationId, clockOffset, body: { name, planId } }) {
        const tenant = await inOrganization(pool, organizationId, async (tx) => {
          await lockCatalogShared(tx);
          const customer = await createCustomer(tx, organizationId, name, dependencies);
          if (planId) await subscribe(tx, organizationId, customer, planId, inTimeOf(dependencies, clockOffset));
          return present(customer, planId ?? null);
        });
        return { body: tenant, headers: { Location: `/api/v1/tenants/${encodeURIComponent(tenant.id)}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/{id}',
      scope: 'read',
      summary: 'One customer and the plan that it is on today',
      params: tenantParams,
      response: tenantAnswer,
      async handler({ organizationId, clockOffset, params: { id } }) {
        const tenant = await inOrganization(
          pool,
          organizationId,
          async (tx) => {
            const customer = await findTenant(tx, organizationId, id);
            const subscriptions = await readSubscriptions(tx, organizationId, { customerIds: [customer.id] });
            return present(customer, planKeyAt(subscriptions, now() + clockOffset));
          },
          'REPEATABLE READ READ ONLY',
        );
        return { body: tenant };
      },
    }),
  ];
}

async function createCustomer(
  tx: Transaction,
  organizationId: number,
  name: string,
  dependencies: CompatDependencies,
): Promise<Customer> {
  const key = newId(dependencies);
  const fields = customerSchema.parse({ key, name });
  await lockCustomerNames(tx, organizationId);
  await insertCustomer(tx, organizationId, {
    id: newId(dependencies),
    key,
    name,
    email: fields.email,
    addressLines: fields.address_lines,
    taxId: fields.tax_id,
    taxTreatment: fields.tax_treatment,
    taxTreatmentReason: fields.tax_treatment_reason,
    taxRates: fields.tax_rates,
    graceMinutes: fields.grace_minutes,
    paymentTermsDays: fields.payment_terms_days,
    timeZone: fields.time_zone,
  });
  const customer = await findTenant(tx, organizationId, key);
  await insertOutbox(tx, { organizationId, type: 'customer.created', subject: customer.id, data: { key, name } });
  return customer;
}

/** @throws ApiError in the words of the request */
async function subscribe(
  tx: Transaction,
  organizationId: number,
  customer: Customer,
  plan: string,
  dependencies: CompatDependencies,
): Promise<void> {
  const starts_on = localDateAt(dependencies.now(), customer.timeZone);
  const input = subscriptionSchema.parse({ customer: customer.key, plan, starts_on });
  await createSubscription(tx, organizationId, input, dependencies).catch((error: unknown) => {
    if (!(error instanceof ApiError) || !error.errors) throw error;
    throw invalidFields(error.errors.map((fault) => ({ ...fault, pointer: '/planId' })));
  });
}
