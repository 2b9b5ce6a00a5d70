import { z } from 'zod';
import { type Coupon, type CouponInput, couponChangeSchema, couponSchema } from '#libs/catalog/coupon-schema.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { archiveCoupon } from '#libs/catalog/store/archive-coupon.ts';
import { insertCoupon } from '#libs/catalog/store/insert-coupon.ts';
import { listCoupons } from '#libs/catalog/store/list-coupons.ts';
import { lockCoupon } from '#libs/catalog/store/lock-coupon.ts';
import { renameCoupon } from '#libs/catalog/store/rename-coupon.ts';
import { selectCoupon } from '#libs/catalog/store/select-coupon.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, invalidFields } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { discountTerms, presentTerms } from '../discount-terms.ts';
import { idSchema, timeSchema } from '../fields.ts';
import { findChargeFaults } from '../find-charge-faults.ts';

const couponAnswer = z.object({
  id: idSchema,
  key: z.string(),
  ...discountTerms,
  max_redemptions: z.int().nullable(),
  redemptions: z.int().describe('How often it was applied, ended discounts too'),
  expires_on: z.iso.date().nullable(),
  archived_at: timeSchema.nullable(),
  created_at: timeSchema,
});

const present = (coupon: Coupon): z.infer<typeof couponAnswer> => ({
  id: coupon.id,
  key: coupon.key,
  ...presentTerms(coupon),
  max_redemptions: coupon.maxRedemptions,
  redemptions: coupon.redemptions,
  expires_on: coupon.expiresOn,
  archived_at: coupon.archivedAt?.toISOString() ?? null,
  created_at: coupon.createdAt.toISOString(),
});

const noSuchCoupon = (key: string) => new ApiError('not_found', `There is no coupon "${key}".`);

export function couponRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/coupons',
      scope: 'write',
      summary: 'Create a coupon; its terms never change',
      body: couponSchema,
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) =>
          findChargeFaults(tx, organizationId, readableFields(couponSchema, body).charges),
        ),
      response: couponAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const coupon = await inOrganization(pool, organizationId, (tx) =>
          create(tx, organizationId, body, newId(dependencies)),
        );
        return { body: coupon, headers: { Location: `/v1/coupons/${coupon.key}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/coupons',
      scope: 'read',
      summary: 'List coupons, archived ones too',
      query: z.strictObject(pageQuery),
      response: pageSchema(couponAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listCoupons(tx, organizationId, after, limit + 1),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/coupons/{key}',
      scope: 'read',
      summary: 'One coupon',
      response: couponAnswer,
      async handler({ organizationId, params: { key } }) {
        const coupon = await inOrganization(pool, organizationId, (tx) => selectCoupon(tx, organizationId, key));
        if (!coupon) throw noSuchCoupon(key);
        return { body: present(coupon) };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/v1/coupons/{key}',
      scope: 'write',
      matches: {
        path: '/v1/coupons/{key}',
        lock: (tx, organizationId, { key }) => lockCoupon(tx, organizationId, key),
      },
      summary: 'Rename a coupon; discounts made of it keep the name they have',
      body: couponChangeSchema,
      response: couponAnswer,
      async handler({ organizationId, params: { key }, body: { name } }) {
        const body = await inOrganization(pool, organizationId, (tx) =>
          change(tx, organizationId, key, 'coupon.updated', (coupon) =>
            coupon.name === name ? null : renameCoupon(tx, organizationId, coupon.id, name),
          ),
        );
        return { body };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/coupons/{key}/archive',
      scope: 'write',
      matches: {
        path: '/v1/coupons/{key}',
        lock: (tx, organizationId, { key }) => lockCoupon(tx, organizationId, key),
      },
      summary: 'Archive a coupon: it can be applied no more, its discounts stay',
      response: couponAnswer,
      async handler({ organizationId, clockOffset, params: { key } }) {
        const body = await inOrganization(pool, organizationId, (tx) =>
          change(tx, organizationId, key, 'coupon.archived', (coupon) =>
            coupon.archivedAt ? null : archiveCoupon(tx, organizationId, coupon.id, new Date(now() + clockOffset)),
          ),
        );
        return { body };
      },
    }),
  ];
}

async function create(
  tx: Transaction,
  organizationId: number,
  input: CouponInput,
  id: string,
): Promise<z.infer<typeof couponAnswer>> {
  const faults = await findChargeFaults(tx, organizationId, input.charges);
  if (faults.length > 0) throw invalidFields(faults);
  const coupon = await insertCoupon(tx, organizationId, {
    id,
    key: input.key,
    name: input.name,
    percent: input.percent ?? null,
    amount: input.amount ?? null,
    currency: input.currency ?? null,
    duration: input.duration,
    periods: input.periods ?? null,
    charges: input.charges ?? null,
    maxRedemptions: input.max_redemptions ?? null,
    expiresOn: input.expires_on ?? null,
  });
  if (!coupon) throw new ApiError('already_exists', `There is a coupon "${input.key}" already.`);
  const presented = present(coupon);
  await insertOutbox(tx, { organizationId, type: 'coupon.created', subject: id, data: presented });
  return presented;
}

/** `work` gives null when there is nothing to change; then nothing is told either. */
async function change(
  tx: Transaction,
  organizationId: number,
  key: string,
  type: string,
  work: (coupon: Coupon) => Promise<void> | null,
): Promise<z.infer<typeof couponAnswer>> {
  await lockCoupon(tx, organizationId, key);
  const before = await selectCoupon(tx, organizationId, key);
  if (!before) throw noSuchCoupon(key);
  const changing = work(before);
  if (changing === null) return present(before);
  await changing;
  const presented = present((await selectCoupon(tx, organizationId, key)) as Coupon);
  await insertOutbox(tx, { organizationId, type, subject: before.id, data: presented });
  return presented;
}
