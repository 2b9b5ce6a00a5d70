import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { allOf, METER, newCustomer, PLAN, pointersOf } from '#tests/support/catalog.ts';

// In New York it is still the ninth.
const NOW = Date.parse('2026-10-10T02:00:00Z');

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;
let now = NOW;

beforeAll(async () => {
  api = await startTestApi({ now: () => now });
  own = (await api.organization()).api;
  other = (await api.organization()).api;
  await own.post('/v1/meters', METER);
  await own.post('/v1/plans', PLAN);
});
afterAll(() => api?.stop());

let made = 0;
async function newCoupon(fields: Record<string, unknown> = {}): Promise<string> {
  const key = `coupon-${++made}`;
  const percent = 'amount' in fields ? {} : { percent: '10' };
  const { status, body } = await own.post('/v1/coupons', {
    key,
    name: key,
    ...percent,
    duration: 'forever',
    ...fields,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return key;
}

const subscribe = async (customer: string): Promise<string> =>
  (await own.post('/v1/subscriptions', { customer, plan: 'growth', starts_on: '2026-01-01' })).body.id;

const apply = (customer: string, coupon: string, fields: Record<string, unknown> = {}) =>
  own.post(`/v1/customers/${customer}/discounts`, { coupon, ...fields });

const discountsOf = (customer: string) => allOf(own, `/v1/customers/${customer}/discounts`);

test('a coupon is applied with the terms it has, from today on', async () => {
  const customer = await newCustomer(own, { time_zone: 'America/New_York' });
  const coupon = await newCoupon({
    amount: '25.50',
    currency: 'USD',
    duration: 'periods',
    periods: 3,
    charges: ['calls'],
  });
  const { status, body } = await apply(customer, coupon);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    customer,
    coupon,
    subscription: null,
    name: coupon,
    percent: null,
    amount: '25.50',
    currency: 'USD',
    duration: 'periods',
    periods: 3,
    charges: ['calls'],
    starts_on: '2026-10-09',
    ends_on: null,
    periods_used: 0,
    periods_left: 3,
  });
  await own.patch(`/v1/coupons/${coupon}`, { name: 'Renamed' });
  await own.post(`/v1/coupons/${coupon}/archive`);
  expect(await discountsOf(customer)).toEqual([body]);
  expect((await own.get(`/v1/coupons/${coupon}`)).body.redemptions).toBe(1);
  const { rows } = await api.owner.query('SELECT type, data FROM outbox WHERE subject = $1', [body.id]);
  expect(rows).toEqual([{ type: 'discount.created', data: body }]);
});

test('they stand in the order in which they were applied', async () => {
  const customer = await newCustomer(own);
  const coupons = await Promise.all(Array.from({ length: 5 }, () => newCoupon()));
  for (const coupon of coupons) await apply(customer, coupon, { starts_on: '2026-12-01' });
  expect((await discountsOf(customer)).map(({ coupon }) => coupon)).toEqual(coupons);
  const more = await Promise.all(Array.from({ length: 5 }, () => newCoupon()));
  const answers = await Promise.all(more.map((coupon) => apply(customer, coupon)));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
  const all = (await discountsOf(customer)).map(({ coupon }) => coupon);
  expect(all.slice(0, 5)).toEqual(coupons);
  expect(all.slice(5).sort()).toEqual([...more].sort());
});

test('another organization sees none of it', async () => {
  const customer = await newCustomer(own);
  const { body } = await apply(customer, await newCoupon());
  expect((await other.get(`/v1/customers/${customer}/discounts`)).status).toBe(404);
  expect((await other.delete(`/v1/customers/${customer}/discounts/${body.id}`)).status).toBe(404);
  await other.post('/v1/customers', { key: customer, name: 'Theirs' });
  expect((await other.get(`/v1/customers/${customer}/discounts`)).body.data).toEqual([]);
  expect((await other.delete(`/v1/customers/${customer}/discounts/${body.id}`)).status).toBe(404);
  const theirs = await other.post(`/v1/customers/${customer}/discounts`, { coupon: body.coupon });
  expect(theirs.body.errors).toMatchObject([{ pointer: '/coupon', code: 'unknown_coupon' }]);
  expect(await discountsOf(customer)).toEqual([body]);
});

test.each([
  [{}, ['/coupon']],
  [
    { coupon: 'nope', subscription: 'no', starts_on: 'soon', vip: 1 },
    ['/coupon', '/starts_on', '/subscription', '/vip'],
  ],
  [{ coupon: 'nope', subscription: randomUUID() }, ['/coupon', '/subscription']],
])('%j names every fault', async (input, expected) => {
  const { status, body } = await own.post(`/v1/customers/${await newCustomer(own)}/discounts`, input);
  expect([status, pointersOf(body).sort()]).toEqual([422, expected]);
});

test('a discount is for a subscription of that customer, in its currency', async () => {
  const [customer, stranger] = [await newCustomer(own), await newCustomer(own)];
  const [subscription, strange] = [await subscribe(customer), await subscribe(stranger)];
  const [dollars, euros] = [
    await newCoupon({ amount: '5', currency: 'USD' }),
    await newCoupon({ amount: '5', currency: 'EUR' }),
  ];
  const codes = async (coupon: string, id: string) =>
    ((await apply(customer, coupon, { subscription: id })).body.errors ?? []).map(({ code }: { code: string }) => code);
  expect(await codes(euros, strange)).toEqual(['currency_mismatch', 'unknown_subscription']);
  expect(await codes(euros, subscription)).toEqual(['currency_mismatch']);
  expect((await apply(customer, dollars, { subscription })).body).toMatchObject({ subscription });
  // Without a subscription it waits for one in its currency.
  expect((await apply(customer, euros)).status).toBe(201);
  expect((await own.post('/v1/customers/nobody/discounts', { coupon: dollars })).status).toBe(404);
});

test('all that stands in the way of a coupon is told at once', async () => {
  const customer = await newCustomer(own);
  const coupon = await newCoupon({ max_redemptions: 1, expires_on: '2026-10-11' });
  expect((await apply(customer, coupon)).status).toBe(201);
  await own.post(`/v1/coupons/${coupon}/archive`);
  now = Date.parse('2026-10-11T00:00:00Z');
  const { body } = await apply(customer, coupon);
  now = NOW;
  expect(body).toMatchObject({ status: 409, code: 'coupon_not_applicable' });
  expect(body.errors.map(({ code }: { code: string }) => code)).toEqual([
    'archived_coupon',
    'expired_coupon',
    'exhausted_coupon',
    'already_applied',
  ]);
  expect(await discountsOf(customer)).toHaveLength(1);
});

test('of many applications at once no more are made than a coupon can bear', async () => {
  const coupon = await newCoupon({ max_redemptions: 3 });
  const customers = await Promise.all(Array.from({ length: 8 }, () => newCustomer(own)));
  const answers = await Promise.all(customers.map((customer) => apply(customer, coupon)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409, 409, 409]);
  expect((await own.get(`/v1/coupons/${coupon}`)).body.redemptions).toBe(3);
});

test('asked for twice at once, a coupon is applied once; to a subscription it can be applied besides', async () => {
  const customer = await newCustomer(own);
  const subscription = await subscribe(customer);
  const coupon = await newCoupon();
  for (const fields of [{}, { subscription }]) {
    const answers = await Promise.all([1, 2, 3].map(() => apply(customer, coupon, fields)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  }
  expect(await discountsOf(customer)).toHaveLength(2);
});

test('ended from today on, its history stays, and it can be applied again', async () => {
  const customer = await newCustomer(own, { time_zone: 'America/New_York' });
  const coupon = await newCoupon();
  const { body: first } = await apply(customer, coupon, { starts_on: '2026-10-01' });
  const path = `/v1/customers/${customer}/discounts/${first.id}`;
  const ended = await Promise.all([own.delete(path), own.delete(path)]);
  expect(ended.map(({ body }) => body)).toEqual(Array(2).fill({ ...first, ends_on: '2026-10-09' }));
  now = NOW + 5 * 86_400_000;
  expect((await own.delete(path)).body.ends_on).toBe('2026-10-09');
  now = NOW;
  const { rows } = await api.owner.query('SELECT type FROM outbox WHERE subject = $1 ORDER BY id', [first.id]);
  expect(rows.map(({ type }) => type)).toEqual(['discount.created', 'discount.ended']);
  const { body: second } = await apply(customer, coupon, { starts_on: '2026-12-01' });
  // It never began.
  expect((await own.delete(`/v1/customers/${customer}/discounts/${second.id}`)).body.ends_on).toBe('2026-12-01');
  expect((await discountsOf(customer)).map(({ id }) => id)).toEqual([first.id, second.id]);
  expect((await own.delete(`/v1/customers/${customer}/discounts/${randomUUID()}`)).status).toBe(404);
  expect((await own.delete(`/v1/customers/${await newCustomer(own)}/discounts/${first.id}`)).status).toBe(404);
});
