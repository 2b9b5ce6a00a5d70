import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { allOf, METER, PLAN, pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;

beforeAll(async () => {
  api = await startTestApi();
  own = (await api.organization()).api;
  other = (await api.organization()).api;
  await own.post('/v1/meters', METER);
});
afterAll(() => api?.stop());

test('the same key again is the next version; the old one stays', async () => {
  const first = await own.post('/v1/plans', { ...PLAN, key: 'versions' });
  expect([first.status, first.headers.get('location')]).toEqual([201, '/v1/plans/versions?version=1']);
  expect(first.body).toMatchObject({ ...PLAN, key: 'versions', version: 1 });
  const second = await own.post('/v1/plans', { ...PLAN, key: 'versions', name: 'Second' });
  expect(second.body).toMatchObject({ version: 2, name: 'Second' });
  expect((await own.get('/v1/plans/versions')).body).toEqual(second.body);
  expect((await own.get('/v1/plans/versions?version=1')).body).toEqual(first.body);
  expect((await own.get('/v1/plans/versions?version=3')).status).toBe(404);
  expect((await other.get('/v1/plans/versions')).status).toBe(404);
  expect(await allOf(own, '/v1/plans')).toEqual(expect.arrayContaining([first.body, second.body]));
});

test('versions made at once are numbered without doubles', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => own.post('/v1/plans', { ...PLAN, key: 'race' })));
  expect(answers.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  [{ ...PLAN, currency: 'usd', charges: [] }, ['/charges', '/currency']],
  [
    {
      ...PLAN,
      charges: [
        { key: 'a', name: 'A', meter: 'calls', price: { model: 'per_unit', unit_amount: -1 } },
        { key: 'b', name: 'B', price: { model: 'guess' } },
      ],
    },
    ['/charges/0/price/unit_amount', '/charges/1/price/model'],
  ],
  [
    {
      ...PLAN,
      charges: [
        {
          key: 'a',
          name: 'A',
          meter: 'calls',
          price: {
            model: 'graduated',
            tiers: [
              { up_to: '10', unit_amount: '1' },
              { up_to: '5', unit_amount: '1' },
              { up_to: '9', unit_amount: 'x' },
            ],
          },
        },
      ],
    },
    ['/charges/0/price/tiers/1/up_to', '/charges/0/price/tiers/2/unit_amount', '/charges/0/price/tiers/2/up_to'],
  ],
  [
    {
      ...PLAN,
      charges: [
        { key: 'a', name: 'A', price: { model: 'per_unit', unit_amount: '1' } },
        { key: 'a', name: 'B', meter: 'calls', price: { model: 'flat', amount: '1' } },
      ],
    },
    ['/charges/0/meter', '/charges/1/key', '/charges/1/meter'],
  ],
  [{ ...PLAN, charges: [PLAN.charges[1], { ...PLAN.charges[1], key: 'again' }] }, ['/charges/1/meter']],
  [
    {
      ...PLAN,
      charges: [
        { ...PLAN.charges[1], meter: 'nope' },
        PLAN.charges[0],
        { ...PLAN.charges[1], key: 'k', meter: 'nada' },
      ],
    },
    ['/charges/0/meter', '/charges/2/meter'],
  ],
  [
    { name: 'N', charges: [PLAN.charges[0], { ...PLAN.charges[0], name: 7 }, 'x'] },
    ['/charges/1/key', '/charges/1/name', '/charges/2', '/currency', '/key'],
  ],
])('plan %# names every fault', async (input, expected) => {
  const { status, body } = await own.post('/v1/plans', input);
  expect([status, [...new Set(pointersOf(body))].sort()]).toEqual([422, expected]);
});

test('a meter of another organization does not exist', async () => {
  await other.post('/v1/meters', { ...METER, key: 'theirs' });
  const { body } = await own.post('/v1/plans', { ...PLAN, charges: [{ ...PLAN.charges[1], meter: 'theirs' }] });
  expect(body.errors).toMatchObject([{ pointer: '/charges/0/meter', code: 'unknown_meter' }]);
});
