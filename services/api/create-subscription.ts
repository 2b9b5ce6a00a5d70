import { readableFields } from '#libs/catalog/readable-fields.ts';
import { insertSubscription } from '#libs/catalog/store/insert-subscription.ts';
import { insertSubscriptionChange } from '#libs/catalog/store/insert-subscription-change.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { selectSubscription } from '#libs/catalog/store/select-subscription.ts';
import type { SubscriptionRow } from '#libs/catalog/store/subscription-select.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { type SubscriptionInput, subscriptionSchema } from '#libs/catalog/subscription-schema.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { type FieldError, invalidFields } from '#libs/http/errors.ts';
import { readSubscriptions } from '#libs/invoicing/collect/read-subscriptions.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { checkSubscription } from './check-subscription.ts';
import { type ApiDependencies, newId } from './dependencies.ts';
import { orFaults } from './or-faults.ts';
import { type PresentedSubscription, presentSubscription } from './present-subscription.ts';
import { refuseErased } from './refuse-erased.ts';
import { subscribedPlan } from './subscribed-plan.ts';

/** Puts a customer on a plan. */
export async function createSubscription(
  tx: Transaction,
  organizationId: number,
  input: SubscriptionInput,
  dependencies: ApiDependencies,
): Promise<PresentedSubscription> {
  // In this order everywhere: the catalogue, then the customer. No meter is archived, and no other subscription of the customer is
  // made or changed, between the look and the commit.
  await lockCatalogShared(tx);
  const { customer, plan, faults } = await findNamed(tx, organizationId, input);
  if (customer) refuseErased(customer);
  if (!customer || !plan) throw invalidFields(faults);
  const others = await readSubscriptions(tx, organizationId, { customerIds: [customer.id] });
  const { starts_on: startsOn, quantities, overrides } = input;
  const first = { id: newId(dependencies), startsOn, planId: plan.id, quantities, overrides, paused: false };
  const subscribed: Subscribed = {
    subscriptionId: newId(dependencies),
    customerId: customer.id,
    currency: input.currency ?? plan.currency,
    startsOn,
    endsOn: input.ends_on,
    timeZone: customer.timeZone,
    anchor: input.anchor === 'calendar' ? null : input.anchor === 'anniversary' ? startsOn : input.anchor,
    trialDays: input.trial_days,
    trialUsage: input.trial_usage,
    createdAt: dependencies.now(),
    changes: [first],
    plans: new Map([[plan.id, plan]]),
  };
  checkSubscription(subscribed, others, { from: startsOn, currencyAt: 'currency', named: Object.keys(quantities) });
  await insertSubscription(tx, organizationId, subscribed);
  await insertSubscriptionChange(tx, organizationId, subscribed.subscriptionId, first);
  const row = (await selectSubscription(tx, organizationId, subscribed.subscriptionId)) as SubscriptionRow;
  const presented = presentSubscription(row, subscribed, dependencies.now());
  await insertOutbox(tx, { organizationId, type: 'subscription.created', subject: row.id, data: presented });
  return presented;
}

/** What a subscription that its schema refused names, and what is not there. The body may be anything. */
export async function unknownNamesOfRefused(
  tx: Transaction,
  organizationId: number,
  body: unknown,
): Promise<readonly FieldError[]> {
  await lockCatalogShared(tx);
  return (await findNamed(tx, organizationId, readableFields(subscriptionSchema, body))).faults;
}

/** The customer, whose row is locked, and the plan. What is named and is not there, or takes no subscriptions, is a fault. */
async function findNamed(
  tx: Transaction,
  organizationId: number,
  { customer: key, plan: planKey, version }: Partial<Pick<SubscriptionInput, 'customer' | 'plan' | 'version'>>,
) {
  const faults: FieldError[] = [];
  const customer = key === undefined ? null : await selectCustomerByKey(tx, organizationId, key, true);
  if (key !== undefined && !customer)
    faults.push({ pointer: '/customer', code: 'unknown_customer', detail: `There is no customer "${key}".` });
  if (planKey === undefined) return { customer, plan: null, faults };
  const plan = await orFaults(() => subscribedPlan(tx, organizationId, planKey, version));
  return { customer, plan: plan.value, faults: [...faults, ...plan.faults] };
}
