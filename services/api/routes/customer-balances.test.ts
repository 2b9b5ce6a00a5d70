import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { allOf, newCustomer, pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;

beforeAll(async () => {
  api = await startTestApi();
  own = (await api.organization()).api;
  other = (await api.organization()).api;
});
afterAll(() => api?.stop());

const PAID_IN = { account: 'prepaid', currency: 'EUR', amount: '50.00', reason: 'Bank transfer' };

const adjust = (key: string, changes: object = {}) =>
  own.post(`/v1/customers/${key}/balance-adjustments`, { ...PAID_IN, ...changes });
const balancesOf = async (key: string) => (await own.get(`/v1/customers/${key}/balances`)).body.data;

test('balances are adjusted by hand and shown with all digits of their currency', async () => {
  const key = await newCustomer(own);
  expect(await balancesOf(key)).toEqual([]);
  const { status, body } = await adjust(key);
  expect([status, body]).toEqual([
    201,
    {
      id: expect.any(String),
      kind: 'adjustment',
      currency: 'EUR',
      entries: [{ account: 'prepaid', amount: '50.00', balance: '50.00' }],
      reason: 'Bank transfer',
      created_at: expect.any(String),
    },
  ]);
  await adjust(key, { amount: '-0.5' });
  await adjust(key, { account: 'credit', currency: 'JPY', amount: '300' });
  expect(await balancesOf(key)).toEqual([
    { currency: 'EUR', prepaid: '49.50', credit: '0.00' },
    { currency: 'JPY', prepaid: '0', credit: '300' },
  ]);
});

test('the history is listed newest first, page by page and by currency', async () => {
  const key = await newCustomer(own);
  for (const [index, currency] of ['EUR', 'USD', 'EUR', 'EUR', 'USD'].entries())
    await adjust(key, { currency, amount: `${index + 1}.00` });
  const path = `/v1/customers/${key}/balance-transactions`;
  const all = await allOf(own, path);
  expect(all.map((one) => (one.entries as { amount: string }[])[0]?.amount)).toEqual([
    '5.00',
    '4.00',
    '3.00',
    '2.00',
    '1.00',
  ]);
  const { body } = await own.get(`${path}?currency=EUR`);
  expect(body.data.map(({ entries }: { entries: { balance: string }[] }) => entries[0]?.balance)).toEqual([
    '8.00',
    '4.00',
    '1.00',
  ]);
  expect((await own.get(`${path}?cursor=nonsense`)).status).toBe(422);
});

test('the same id and fields adjust once; other fields are refused', async () => {
  const key = await newCustomer(own);
  const id = randomUUID();
  const first = await adjust(key, { id });
  const again = await adjust(key, { id: id.toUpperCase(), amount: '50' });
  expect([first.status, again.status, again.body]).toEqual([201, 200, first.body]);
  expect((await adjust(key, { id, amount: '50.01' })).body).toMatchObject({ status: 409, code: 'id_mismatch' });
  expect((await adjust(await newCustomer(own), { id })).body).toMatchObject({ status: 409, code: 'id_mismatch' });
  expect(await balancesOf(key)).toEqual([{ currency: 'EUR', prepaid: '50.00', credit: '0.00' }]);
});

test('more than there is cannot be taken, and the answer says what there is', async () => {
  const key = await newCustomer(own);
  await adjust(key, { amount: '10.00' });
  const { status, body } = await adjust(key, { amount: '-10.01' });
  expect([status, body.code]).toEqual([409, 'balance_too_low']);
  expect(body.detail).toBe(`Customer "${key}" has 10.00 EUR prepaid; 10.01 cannot be taken.`);
  expect((await adjust(key, { account: 'credit', amount: '-1' })).status).toBe(409);
  expect((await adjust(key, { amount: '-10.00' })).status).toBe(201);
});

test('customers of others are not there', async () => {
  const key = await newCustomer(own);
  await adjust(key);
  const theirs = `/v1/customers/${key}`;
  expect((await other.post(`${theirs}/balance-adjustments`, PAID_IN)).status).toBe(404);
  expect((await other.get(`${theirs}/balances`)).status).toBe(404);
  expect((await other.get(`${theirs}/balance-transactions`)).status).toBe(404);
});

test.each([
  [{}, ['/account', '/amount', '/currency', '/reason']],
  [{ ...PAID_IN, amount: '0.00' }, ['/amount']],
  [{ ...PAID_IN, amount: '0.001' }, ['/amount']],
  [{ ...PAID_IN, currency: 'JPY', amount: '1.5' }, ['/amount']],
  [
    { ...PAID_IN, amount: 5, account: 'savings', currency: 'euro', id: '1' },
    ['/account', '/amount', '/currency', '/id'],
  ],
])('%j is refused', async (input, expected) => {
  const key = await newCustomer(own);
  const { status, body } = await own.post(`/v1/customers/${key}/balance-adjustments`, input);
  expect([status, pointersOf(body).sort()]).toEqual([422, expected]);
});
