import { z } from 'zod';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import { couponObstacles } from '#libs/catalog/coupon-obstacles.ts';
import type { Coupon } from '#libs/catalog/coupon-schema.ts';
import type { Customer } from '#libs/catalog/customer-schema.ts';
import { countPeriods, periodLimit } from '#libs/catalog/discount.ts';
import { type CustomerDiscount, type DiscountUse, discountSchema } from '#libs/catalog/discount-schema.ts';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { endDiscount } from '#libs/catalog/store/end-discount.ts';
import { insertDiscount } from '#libs/catalog/store/insert-discount.ts';
import { listDiscounts } from '#libs/catalog/store/list-discounts.ts';
import { lockCoupon } from '#libs/catalog/store/lock-coupon.ts';
import { selectCoupon } from '#libs/catalog/store/select-coupon.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { selectDiscount } from '#libs/catalog/store/select-discount.ts';
import { selectDiscountUses } from '#libs/catalog/store/select-discount-uses.ts';
import { selectOrganization } from '#libs/catalog/store/select-organization.ts';
import { selectRunningDiscount } from '#libs/catalog/store/select-running-discount.ts';
import { selectSubscription } from '#libs/catalog/store/select-subscription.ts';
import type { SubscriptionRow } from '#libs/catalog/store/subscription-select.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { discountTerms, presentTerms } from '../discount-terms.ts';
import { idSchema, timeSchema } from '../fields.ts';

const discountAnswer = z.object({
  id: idSchema,
  customer: z.string(),
  coupon: z.string(),
  subscription: idSchema.nullable().describe('Only its bills; null: those of all subscriptions of the customer'),
  ...discountTerms,
  starts_on: z.iso.date(),
  ends_on: z.iso.date().nullable().describe('First day on which it applies no more; null: it runs'),
  periods_used: z.int().describe('Billing periods in which documents took of it'),
  periods_left: z.int().nullable().describe('null: for ever'),
  created_at: timeSchema,
});

type Answer = z.infer<typeof discountAnswer>;

function present(customer: string, discount: CustomerDiscount, uses: readonly DiscountUse[]): Answer {
  const [used, limit] = [countPeriods(uses), periodLimit(discount)];
  return {
    id: discount.id,
    customer,
    coupon: discount.couponKey,
    subscription: discount.subscriptionId,
    ...presentTerms(discount),
    starts_on: discount.startsOn,
    ends_on: discount.endsOn,
    periods_used: used,
    periods_left: limit === null ? null : Math.max(0, limit - used),
    created_at: discount.createdAt.toISOString(),
  };
}

export function customerDiscountRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/customers/{key}/discounts',
      scope: 'write',
      summary: 'Apply a coupon to a customer, behind the discounts that it has',
      body: discountSchema,
      moreFaults: ({ organizationId, params: { key }, body }) =>
        inOrganization(pool, organizationId, async (tx) => {
          const customer = await selectCustomerByKey(tx, organizationId, key);
          return customer
            ? (await findNamed(tx, organizationId, customer, readableFields(discountSchema, body))).faults
            : [];
        }),
      response: discountAnswer,
      status: 201,
      async handler({ organizationId, clockOffset, params: { key }, body }) {
        const discount = await inOrganization(pool, organizationId, async (tx) => {
          const customer = await customerOf(tx, organizationId, key, true);
          return apply(tx, organizationId, customer, body, newId(dependencies), now() + clockOffset);
        });
        return { body: discount };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{key}/discounts',
      scope: 'read',
      summary: 'List discounts of a customer in the order in which they are applied, ended ones too',
      query: z.strictObject(pageQuery),
      response: pageSchema(discountAnswer),
      async handler({ organizationId, params: { key }, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, z.int().min(0).max(2_147_483_647)) ?? 0;
        const { rows, uses } = await inOrganization(pool, organizationId, async (tx) => {
          const { id } = await customerOf(tx, organizationId, key);
          const rows = await listDiscounts(tx, organizationId, id, after, limit + 1);
          return { rows, uses: await usesByDiscount(tx, organizationId, rows) };
        });
        return {
          body: pageOf(
            rows,
            limit,
            (row) => present(key, row, uses.get(row.id) ?? []),
            (row) => row.position,
          ),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/customers/{key}/discounts/{id}',
      scope: 'write',
      summary: "End a discount from today on, in the customer's time zone; what was billed keeps it",
      params: z.object({ key: customerKeySchema, id: z.uuid() }),
      response: discountAnswer,
      async handler({ organizationId, clockOffset, params: { key, id } }) {
        const discount = await inOrganization(pool, organizationId, async (tx) => {
          const customer = await customerOf(tx, organizationId, key, true);
          return end(tx, organizationId, customer, id, now() + clockOffset);
        });
        return { body: discount };
      },
    }),
  ];
}

/** Locked against others who apply or end a discount of it, when `forUpdate`. */
async function customerOf(tx: Transaction, organizationId: number, key: string, forUpdate = false): Promise<Customer> {
  const customer = await selectCustomerByKey(tx, organizationId, key, forUpdate);
  if (!customer) throw new ApiError('not_found', `There is no customer "${key}".`);
  return customer;
}

async function usesByDiscount(tx: Transaction, organizationId: number, discounts: readonly CustomerDiscount[]) {
  const ids = discounts.map(({ id }) => id);
  return Map.groupBy(await selectDiscountUses(tx, organizationId, ids), ({ discountId }) => discountId);
}

async function apply(
  tx: Transaction,
  organizationId: number,
  customer: Customer,
  input: z.infer<typeof discountSchema>,
  id: string,
  now: number,
): Promise<Answer> {
  await lockCoupon(tx, organizationId, input.coupon);
  const subscriptionId = input.subscription ?? null;
  const { coupon, faults } = await findNamed(tx, organizationId, customer, input);
  if (faults.length > 0 || !coupon) throw invalidFields(faults);
  const { timeZone } = await selectOrganization(tx, organizationId);
  const running = await selectRunningDiscount(tx, organizationId, customer.id, coupon.id, subscriptionId);
  const obstacles = couponObstacles(coupon, localDateAt(now, timeZone), running);
  if (obstacles.length > 0) {
    throw new ApiError('coupon_not_applicable', `/coupon: ${obstacles.map(({ detail }) => detail).join('; ')}`, {
      errors: obstacles.map(({ code, detail }) => ({ pointer: '/coupon', code, detail })),
    });
  }
  const startsOn = input.starts_on ?? localDateAt(now, customer.timeZone);
  await insertDiscount(tx, organizationId, {
    id,
    customerId: customer.id,
    couponId: coupon.id,
    subscriptionId,
    startsOn,
  });
  return told(tx, organizationId, customer, id, 'discount.created');
}

/** Coupon and subscription. What is named and is not there, or does not fit, is a fault. */
async function findNamed(
  tx: Transaction,
  organizationId: number,
  customer: Customer,
  { coupon: key, subscription: given }: Partial<Pick<z.infer<typeof discountSchema>, 'coupon' | 'subscription'>>,
) {
  const id = given ?? null;
  const coupon = key === undefined ? null : await selectCoupon(tx, organizationId, key);
  const subscription = id === null ? null : await selectSubscription(tx, organizationId, id);
  const faults = [
    ...(key === undefined ? [] : couponFaults(key, coupon, subscription?.currency ?? null)),
    ...subscriptionFaults(id, subscription, customer),
  ];
  return { coupon, faults };
}

async function end(
  tx: Transaction,
  organizationId: number,
  customer: Customer,
  id: string,
  now: number,
): Promise<Answer> {
  const found = await selectDiscount(tx, organizationId, customer.id, id);
  if (!found) throw new ApiError('not_found', `Customer "${customer.key}" has no discount ${id}.`);
  const wasRunning = await endDiscount(tx, organizationId, id, localDateAt(now, customer.timeZone));
  return told(tx, organizationId, customer, id, wasRunning ? 'discount.ended' : null);
}

/** The discount as it is now, told to the outbox too unless nothing happened to it. */
async function told(
  tx: Transaction,
  organizationId: number,
  customer: Customer,
  id: string,
  type: string | null,
): Promise<Answer> {
  const discount = (await selectDiscount(tx, organizationId, customer.id, id)) as CustomerDiscount;
  const answer = present(customer.key, discount, await selectDiscountUses(tx, organizationId, [id]));
  if (type !== null) await insertOutbox(tx, { organizationId, type, subject: id, data: answer });
  return answer;
}

function couponFaults(key: string, coupon: Coupon | null, currency: string | null): FieldError[] {
  const pointer = '/coupon';
  if (!coupon) return [{ pointer, code: 'unknown_coupon', detail: `There is no coupon "${key}".` }];
  if (currency === null || coupon.currency === null || coupon.currency === currency) return [];
  const detail = `takes off ${coupon.currency}, but the subscription is billed in ${currency}`;
  return [{ pointer, code: 'currency_mismatch', detail }];
}

function subscriptionFaults(id: string | null, subscription: SubscriptionRow | null, customer: Customer): FieldError[] {
  if (id === null || subscription?.customerKey === customer.key) return [];
  const detail = `Customer "${customer.key}" has no subscription ${id}.`;
  return [{ pointer: '/subscription', code: 'unknown_subscription', detail }];
}
