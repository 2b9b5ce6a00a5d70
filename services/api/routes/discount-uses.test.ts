import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dueDiscounts } from '#libs/catalog/discount.ts';
import { deleteDiscountUses } from '#libs/catalog/store/delete-discount-uses.ts';
import { insertDiscountUses } from '#libs/catalog/store/insert-discount-uses.ts';
import { lockDiscountUses } from '#libs/catalog/store/lock-discount-uses.ts';
import { selectDiscountUses } from '#libs/catalog/store/select-discount-uses.ts';
import { selectDiscounts } from '#libs/catalog/store/select-discounts.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { Big } from '#libs/money/decimal.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { bill, NEXT_MONTH, PAST_MONTH } from '#tests/support/billing.ts';

/* What documents take of discounts, as whoever makes documents takes it: under the workers' role. */

const MARCH = { from: '2025-03-01', to: '2025-04-01' };
const APRIL = { from: '2025-04-01', to: '2025-05-01' };

let api: TestApi;
let own: TestApiClient;
let organizationId: number;
let customerId: string;
let subscriptionId: string;
/** One of March, one of April. */
let invoices: string[];

beforeAll(async () => {
  api = await startTestApi();
  const organization = await api.organization({ grace_minutes: 0 });
  own = organization.api;
  organizationId = organization.id;
  const fee = { key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } };
  await own.post('/v1/plans', { key: 'basic', name: 'Basic', currency: 'EUR', charges: [fee] });
  customerId = (await own.post('/v1/customers', { key: 'acme', name: 'Acme' })).body.id;
  const term = { customer: 'acme', plan: 'basic', starts_on: '2025-03-01' };
  subscriptionId = (await own.post('/v1/subscriptions', term)).body.id;
  await bill(api.owner, api.worker, organizationId, {}, PAST_MONTH);
  await bill(api.owner, api.worker, organizationId, {}, NEXT_MONTH);
  const { rows } = await api.owner.query('SELECT id FROM invoices ORDER BY series_number');
  invoices = rows.map(({ id }) => id);
  expect(invoices).toHaveLength(2);
});
afterAll(() => api?.stop());

let made = 0;
async function newDiscount(terms: Record<string, unknown>): Promise<string> {
  const coupon = `coupon-${++made}`;
  await own.post('/v1/coupons', { key: coupon, name: coupon, ...terms });
  return (await own.post('/v1/customers/acme/discounts', { coupon, starts_on: '2025-01-01' })).body.id;
}

/** A document's way: what is due of one discount, taken as it stands. Resolves with what it was given. */
const take = (invoice: string, period: typeof MARCH, discount: string, amount: string): Promise<unknown> =>
  inTransaction(api.worker, async (tx) => {
    await lockDiscountUses(tx, organizationId, [customerId]);
    const discounts = await selectDiscounts(tx, organizationId, [customerId]);
    const uses = await selectDiscountUses(tx, organizationId, [discount]);
    const wanted = { subscriptionId, chargeKey: 'fee', period, on: period.from, amount: new Big('10') };
    const due = dueDiscounts([wanted], 'EUR', discounts, uses).find(({ id }) => id === discount);
    const { from: periodFrom, to: periodTo } = period;
    if (due)
      await insertDiscountUses(tx, organizationId, [
        { invoiceId: invoice, discountId: discount, periodFrom, periodTo, amount },
      ]);
    return due?.discount ?? null;
  });

const giveBack = (invoice: string) =>
  inTransaction(api.worker, (tx) => deleteDiscountUses(tx, organizationId, invoice));

const usedOf = async (id: string) => {
  const { body } = await own.get('/v1/customers/acme/discounts');
  const { periods_used: used, periods_left: left } = body.data.find((one: { id: string }) => one.id === id);
  return [used, left];
};

test('a period that a document took counts, is shown, and comes back with the document', async () => {
  const [march = '', april = ''] = invoices;
  const id = await newDiscount({ percent: '10', duration: 'periods', periods: 2 });
  expect(await usedOf(id)).toEqual([0, 2]);
  expect(await take(march, MARCH, id, '1')).toEqual({ name: expect.any(String), percent: '10' });
  expect(await usedOf(id)).toEqual([1, 1]);
  expect(await take(april, APRIL, id, '1')).not.toBeNull();
  expect(await usedOf(id)).toEqual([2, 0]);
  expect(await take(april, { from: '2025-05-01', to: '2025-06-01' }, id, '1')).toBeNull();
  await giveBack(april);
  expect(await usedOf(id)).toEqual([1, 1]);
  expect(await take(april, { from: '2025-05-01', to: '2025-06-01' }, id, '1')).not.toBeNull();
  expect(await usedOf(id)).toEqual([2, 0]);
});

test('of two documents made at once, one takes what is there once', async () => {
  const [march = '', april = ''] = invoices;
  for (let n = 0; n < 5; n += 1) {
    const id = await newDiscount({ percent: '10', duration: 'once' });
    const taken = await Promise.all([take(march, MARCH, id, '1'), take(april, APRIL, id, '1')]);
    expect(taken.filter((one) => one !== null)).toHaveLength(1);
    expect(await usedOf(id)).toEqual([1, 0]);
  }
});

test('an amount is given once in a period, exactly, over several documents', async () => {
  const [march = '', april = ''] = invoices;
  const id = await newDiscount({ amount: '25.10', currency: 'EUR', duration: 'once' });
  expect(await take(march, MARCH, id, '10.03')).toMatchObject({ amount: '25.1' });
  expect(await take(april, MARCH, id, '15.07')).toMatchObject({ amount: '15.07' });
  expect(await take(april, MARCH, id, '1')).toBeNull();
  expect(await usedOf(id)).toEqual([1, 0]);
});

test('two bills of one document and period are one use', async () => {
  const id = await newDiscount({ percent: '10', duration: 'forever' });
  const use = { discountId: id, periodFrom: MARCH.from, periodTo: MARCH.to };
  const uses = await inTransaction(api.worker, async (tx) => {
    const invoiceId = invoices[0] as string;
    await insertDiscountUses(tx, organizationId, [
      { ...use, invoiceId, amount: '0.1' },
      { ...use, invoiceId, amount: '0.2' },
    ]);
    return selectDiscountUses(tx, organizationId, [id]);
  });
  expect(uses).toEqual([{ ...use, invoiceId: invoices[0], amount: '0.3' }]);
  expect(await usedOf(id)).toEqual([1, null]);
});

test('a use names a document that there is', async () => {
  const id = await newDiscount({ percent: '10', duration: 'once' });
  await expect(take('018f0000-0000-7000-8000-000000000000', MARCH, id, '1')).rejects.toThrow(
    'discount_uses_organization_id_invoice_id_fkey',
  );
  expect(await usedOf(id)).toEqual([0, 1]);
});
