import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { METER, newCustomer, PLAN, pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;

beforeAll(async () => {
  api = await startTestApi();
  own = (await api.organization()).api;
  other = (await api.organization()).api;
  await own.post('/v1/meters', METER);
  await own.post('/v1/plans', PLAN);
});
afterAll(() => api?.stop());

test('a customer goes on a plan; the zone is pinned', async () => {
  const customer = await newCustomer(own, { time_zone: 'America/New_York' });
  const { status, body, headers } = await own.post('/v1/subscriptions', {
    customer,
    plan: 'growth',
    starts_on: '2026-10-01',
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    customer,
    plan: 'growth',
    version: 1,
    starts_on: '2026-10-01',
    ends_on: null,
    time_zone: 'America/New_York',
  });
  await own.patch(`/v1/customers/${customer}`, { time_zone: 'UTC' });
  expect((await own.get(headers.get('location') as string)).body).toEqual(body);
  expect((await own.get(`/v1/subscriptions?customer=${customer}`)).body.data).toEqual([body]);
  expect((await other.get(`/v1/subscriptions/${body.id}`)).status).toBe(404);
  expect((await other.get(`/v1/subscriptions?customer=${customer}`)).body.data).toEqual([]);
});

test.each([
  [{ customer: 'nobody' }, '/customer', 'unknown_customer'],
  [{ plan: 'nothing' }, '/plan', 'unknown_plan'],
  [{ version: 9 }, '/version', 'unknown_version'],
  [{ ends_on: '2026-01-01' }, '/ends_on', undefined],
  [{ starts_on: '2026-02-30' }, '/starts_on', undefined],
  [{ starts_on: '2026-01-01T00:00:00Z' }, '/starts_on', undefined],
])('%j is refused', async (changes, pointer, code) => {
  const customer = await newCustomer(own);
  const { status, body } = await own.post('/v1/subscriptions', {
    customer,
    plan: 'growth',
    starts_on: '2026-01-01',
    ...changes,
  });
  expect([status, pointersOf(body)]).toEqual([422, [pointer]]);
  if (code) expect(body.errors[0].code).toBe(code);
});

test.each(['Asia/Kolkata', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
  'also where days begin within an hour: %s',
  async (time_zone) => {
    const customer = await newCustomer(own, { time_zone });
    const { status, body } = await own.post('/v1/subscriptions', {
      customer,
      plan: 'growth',
      starts_on: '2026-01-01',
    });
    expect([status, body.time_zone]).toEqual([201, time_zone]);
  },
);

test('the same usage is never billed by two', async () => {
  const customer = await newCustomer(own);
  const subscribe = (fields: Record<string, unknown>) =>
    own.post('/v1/subscriptions', { customer, plan: 'growth', ...fields });
  expect((await subscribe({ starts_on: '2026-02-01', ends_on: '2026-04-01' })).status).toBe(201);
  for (const term of [
    { starts_on: '2026-03-31' },
    { starts_on: '2026-01-01' },
    { starts_on: '2026-01-01', ends_on: '2026-02-02' },
  ]) {
    expect((await subscribe(term)).body).toMatchObject({ status: 409, code: 'subscriptions_overlap' });
  }
  expect((await subscribe({ starts_on: '2026-01-01', ends_on: '2026-02-01' })).status).toBe(201);
  expect((await subscribe({ starts_on: '2026-04-01' })).status).toBe(201);
});

test('a zone that moved in between counts: compared are instants, not dates', async () => {
  const customer = await newCustomer(own, { time_zone: 'America/New_York' });
  const subscribe = (fields: Record<string, unknown>) =>
    own.post('/v1/subscriptions', { customer, plan: 'growth', ...fields });
  await subscribe({ starts_on: '2026-01-01', ends_on: '2026-02-01' });
  await own.patch(`/v1/customers/${customer}`, { time_zone: 'Asia/Tokyo' });
  // The first of February begins in Tokyo while it is still January in New York.
  expect((await subscribe({ starts_on: '2026-02-01' })).status).toBe(409);
  expect((await subscribe({ starts_on: '2026-02-02' })).status).toBe(201);
});

test('of many at once for one customer one is made', async () => {
  const customer = await newCustomer(own);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () =>
      own.post('/v1/subscriptions', { customer, plan: 'growth', starts_on: '2026-01-01' }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
});

test('fees alone may overlap', async () => {
  await own.post('/v1/plans', { ...PLAN, key: 'support', charges: [PLAN.charges[0]] });
  const customer = await newCustomer(own);
  for (let i = 0; i < 2; i++)
    expect((await own.post('/v1/subscriptions', { customer, plan: 'support', starts_on: '2026-01-01' })).status).toBe(
      201,
    );
});
