import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { allOf, METER, PLAN, pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;
let ownId: number;

const TENTH = { key: 'tenth', name: 'A tenth', percent: '10', duration: 'forever' };

beforeAll(async () => {
  api = await startTestApi();
  const organization = await api.organization();
  ownId = organization.id;
  own = organization.api;
  other = (await api.organization()).api;
  await own.post('/v1/meters', METER);
  await own.post('/v1/plans', PLAN);
});
afterAll(() => api?.stop());

const changesOf = async (subject: string) =>
  (await api.owner.query('SELECT type, data FROM outbox WHERE subject = $1 ORDER BY id', [subject])).rows;

test('a coupon is made, shown as it was sent, and told of', async () => {
  const sent = {
    key: 'summer',
    name: 'Summer',
    amount: '25.50',
    currency: 'USD',
    duration: 'periods',
    periods: 3,
    charges: ['calls', 'fee'],
    max_redemptions: 100,
    expires_on: '2027-01-01',
  };
  const { status, body, headers } = await own.post('/v1/coupons', sent);
  expect([status, headers.get('location')]).toEqual([201, '/v1/coupons/summer']);
  expect(body).toMatchObject({ ...sent, percent: null, redemptions: 0, archived_at: null });
  expect((await own.get('/v1/coupons/summer')).body).toEqual(body);
  expect(await allOf(own, '/v1/coupons')).toContainEqual(body);
  expect(await changesOf(body.id)).toEqual([{ type: 'coupon.created', data: body }]);
});

test('a key is taken once, by organization', async () => {
  expect((await own.post('/v1/coupons', TENTH)).status).toBe(201);
  expect((await own.post('/v1/coupons', TENTH)).body).toMatchObject({ status: 409, code: 'already_exists' });
  expect((await other.get('/v1/coupons/tenth')).status).toBe(404);
  expect((await other.patch('/v1/coupons/tenth', { name: 'Stolen' })).status).toBe(404);
  expect((await other.post('/v1/coupons/tenth/archive')).status).toBe(404);
  expect(await allOf(other, '/v1/coupons')).toEqual([]);
  expect((await other.post('/v1/coupons', { ...TENTH, name: 'Theirs' })).status).toBe(201);
  expect((await own.get('/v1/coupons/tenth')).body).toMatchObject({ name: 'A tenth', archived_at: null });
});

test('of two made at once with one key, one is made', async () => {
  const answers = await Promise.all(
    ['One', 'Two'].map((name) => own.post('/v1/coupons', { ...TENTH, key: 'race', name })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  const made = answers.find(({ status }) => status === 201);
  expect((await own.get('/v1/coupons/race')).body).toEqual(made?.body);
});

test.each([
  [{}, ['/duration', '/key', '/name', '/percent']],
  [
    {
      key: '-',
      name: '',
      percent: '100.1',
      duration: 'weekly',
      periods: 0,
      charges: [],
      max_redemptions: 1.5,
      expires_on: '2026-02-30',
      vip: 1,
    },
    ['/charges', '/duration', '/expires_on', '/key', '/max_redemptions', '/name', '/percent', '/periods', '/vip'],
  ],
  [{ ...TENTH, key: 'x', amount: '5', currency: 'USD' }, ['/percent']],
  [{ ...TENTH, key: 'x', currency: 'USD' }, ['/currency']],
  [{ ...TENTH, key: 'x', percent: '0.00' }, ['/percent']],
  [{ ...TENTH, key: 'x', percent: 10 }, ['/percent']],
  [{ ...TENTH, key: 'x', percent: '1e1' }, ['/percent']],
  [{ ...TENTH, key: 'x', percent: undefined, amount: '5' }, ['/currency']],
  [{ ...TENTH, key: 'x', percent: undefined, amount: '0', currency: 'USD' }, ['/amount']],
  [{ ...TENTH, key: 'x', percent: undefined, amount: '5.005', currency: 'USD' }, ['/amount']],
  [{ ...TENTH, key: 'x', percent: undefined, amount: '0.5', currency: 'JPY' }, ['/amount']],
  [{ ...TENTH, key: 'x', percent: undefined, amount: '5', currency: 'usd' }, ['/currency']],
  [{ ...TENTH, key: 'x', duration: 'periods' }, ['/periods']],
  [{ ...TENTH, key: 'x', duration: 'once', periods: 1 }, ['/periods']],
  [{ ...TENTH, key: 'x', charges: ['fee', 'fee'] }, ['/charges']],
  [{ ...TENTH, key: 'x', charges: ['fee', 'nope', 'nada'] }, ['/charges/1', '/charges/2']],
  [{ ...TENTH, key: 'x', percent: '101', charges: ['fee', 'nope'] }, ['/charges/1', '/percent']],
])('%j names every fault', async (input, expected) => {
  const { status, body } = await own.post('/v1/coupons', input);
  expect(status).toBe(422);
  expect([...new Set(pointersOf(body))].sort()).toEqual(expected);
});

test('three digits of a currency that has three are taken', async () => {
  const dinars = { key: 'kwd', name: 'Dinars', amount: '1.005', currency: 'KWD', duration: 'once' };
  expect((await own.post('/v1/coupons', dinars)).body).toMatchObject(dinars);
});

test('charges of another organization are none', async () => {
  const { body } = await other.post('/v1/coupons', { ...TENTH, key: 'theirs', charges: ['fee'] });
  expect(body.errors).toMatchObject([{ pointer: '/charges/0', code: 'unknown_charge' }]);
});

test('the name changes, the terms never do', async () => {
  const { body: made } = await own.post('/v1/coupons', { ...TENTH, key: 'named' });
  expect((await own.patch('/v1/coupons/named', { name: 'New' })).body).toEqual({ ...made, name: 'New' });
  expect((await own.patch('/v1/coupons/named', { name: 'New' })).body).toEqual({ ...made, name: 'New' });
  const refused = await own.patch('/v1/coupons/named', { name: 'Newer', percent: '50' });
  expect([refused.status, pointersOf(refused.body)]).toEqual([422, ['/percent']]);
  expect((await own.patch('/v1/coupons/nothing', { name: 'New' })).status).toBe(404);
  expect((await changesOf(made.id)).map(({ type }) => type)).toEqual(['coupon.created', 'coupon.updated']);
  const client = await api.pool.connect();
  await client.query("SELECT set_config('tollbook.organization_id', $1, false)", [String(ownId)]);
  await expect(client.query("UPDATE coupons SET percent = 50 WHERE key = 'named'")).rejects.toThrow(
    'permission denied for table coupons',
  );
  client.release(true);
});

test('archived once, it is there still', async () => {
  const { body: made } = await own.post('/v1/coupons', { ...TENTH, key: 'old' });
  const archived = await Promise.all([1, 2].map(() => own.post('/v1/coupons/old/archive')));
  expect(archived.map(({ status }) => status)).toEqual([200, 200]);
  expect(archived[0]?.body).toEqual({ ...made, archived_at: expect.any(String) });
  expect(archived[1]?.body).toEqual(archived[0]?.body);
  expect((await own.get('/v1/coupons/old')).body).toEqual(archived[0]?.body);
  expect((await own.post('/v1/coupons', { ...TENTH, key: 'old' })).body.code).toBe('already_exists');
  expect((await changesOf(made.id)).map(({ type }) => type)).toEqual(['coupon.created', 'coupon.archived']);
});
