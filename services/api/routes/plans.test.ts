import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
    {
      ...PLAN,
      currency: 'usd',
      charges: [
        { ...PLAN.charges[1], meter: 'nope', price: { model: 'stairstep', tiers: [] } },
        { ...PLAN.charges[1], key: 'k', filter: { region: ['eu'] }, group_by: ['class', 5] },
        { key: 'share', meter: 'calls', price: { model: 'dynamic' }, included_units: '1' },
      ],
    },
    [
      '/charges/0/meter',
      '/charges/0/price/tiers',
      '/charges/1/filter/region',
      '/charges/1/group_by/1',
      '/charges/2/included_units',
      '/charges/2/meter',
      '/currency',
    ],
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

const FEE = PLAN.charges[0];
const usage = (changes: Record<string, unknown>) => ({
  key: 'usage',
  meter: 'traffic',
  price: { model: 'per_unit', unit_amount: '1' },
  ...changes,
});
const TRAFFIC = { ...METER, key: 'traffic', group_by: ['region', 'class'] };
const post = (...charges: unknown[]) => own.post('/v1/plans', { ...PLAN, key: 'checked', charges });

describe('the life of a version', () => {
  const at = (version: number) => `/v1/plans/life/versions/${version}`;
  const draft = { ...PLAN, key: 'life', state: 'draft', interval: 'year', minimum_amount: '500.00' };
  const { key: _key, state: _state, ...content } = draft;

  test('a draft is replaced and activated, then never changes; an archived one stays archived', async () => {
    const made = await own.post('/v1/plans', draft);
    expect([made.status, made.body]).toMatchObject([201, { ...draft, version: 1 }]);
    const replaced = await own.call('PUT', at(1), { ...content, name: 'Other', charges: [FEE] });
    expect([replaced.status, replaced.body]).toMatchObject([200, { state: 'draft', name: 'Other', charges: [FEE] }]);
    expect(replaced.body.charges).toHaveLength(1);
    const active = await own.call('POST', `${at(1)}/activate`);
    expect(active.body).toEqual({ ...replaced.body, state: 'active' });
    expect((await own.call('POST', `${at(1)}/activate`)).body).toEqual(active.body);
    const refused = await own.call('PUT', at(1), content);
    expect([refused.status, refused.body.code]).toEqual([409, 'plan_state']);
    expect((await own.call('POST', `${at(1)}/archive`)).body.state).toBe('archived');
    expect((await own.call('POST', `${at(1)}/activate`)).body.code).toBe('plan_state');
    expect((await own.get('/v1/plans/life?version=1')).body.state).toBe('archived');
  });

  test('a version or plan that does not exist is not found', async () => {
    for (const path of [at(9), '/v1/plans/nothing/versions/1'])
      for (const action of ['activate', 'archive'])
        expect((await own.call('POST', `${path}/${action}`)).status).toBe(404);
    expect((await other.call('PUT', at(1), { ...content, charges: [FEE] })).status).toBe(404);
    expect(pointersOf((await own.call('PUT', at(1), { charges: [FEE] })).body).sort()).toEqual(['/currency', '/name']);
  });

  test('the database itself keeps what an active version says', async () => {
    const { body } = await own.post('/v1/plans', { ...PLAN, key: 'kept' });
    for (const change of [
      "UPDATE plans SET name = 'x' WHERE id = $1",
      "UPDATE plans SET state = 'draft' WHERE id = $1",
      'DELETE FROM charges WHERE plan_id = $1',
    ])
      await expect(api.owner.query(change, [body.id])).rejects.toThrow('never changes');
  });

  test('a draft whose meter was archived meanwhile is not activated', async () => {
    await own.post('/v1/meters', { ...METER, key: 'passing' });
    await own.post('/v1/plans', { ...PLAN, key: 'late', state: 'draft', charges: [usage({ meter: 'passing' })] });
    await own.call('POST', '/v1/meters/passing/archive');
    const { status, body } = await own.call('POST', '/v1/plans/late/versions/1/activate');
    expect([status, body.errors]).toMatchObject([422, [{ pointer: '/charges/0/meter', code: 'archived_meter' }]]);
  });
});

describe('beside its meter', () => {
  beforeAll(async () => {
    await own.post('/v1/meters', TRAFFIC);
    await own.post('/v1/meters', {
      ...TRAFFIC,
      key: 'paid',
      event_type: 'payment',
      aggregation: 'sum',
      value_property: 'n',
    });
  });
  const matrix = (...dimensions: string[]) => ({
    model: 'matrix',
    dimensions,
    rates: [{ values: dimensions.map(() => 'x'), unit_amount: '1' }],
  });

  test.each([
    [usage({ filter: { region: ['eu'], zone: ['a'] } }), ['/charges/0/filter/zone'], 'unknown_property'],
    [usage({ group_by: ['region', 'zone'] }), ['/charges/0/group_by/1'], 'unknown_property'],
    [usage({ price: matrix('class', 'zone') }), ['/charges/0/price/dimensions/1'], 'unknown_property'],
    [
      usage({ price: undefined, prices: { USD: matrix('zone') } }),
      ['/charges/0/prices/USD/dimensions/0'],
      'unknown_property',
    ],
    [usage({ price: { model: 'dynamic' } }), ['/charges/0/meter'], 'unfit_meter'],
    [usage({ price: { model: 'percentage', percent: '1' } }), ['/charges/0/meter'], 'unfit_meter'],
    [
      usage({ price: { model: 'graduated_percentage', tiers: [{ up_to: null, percent: '1' }] } }),
      ['/charges/0/meter'],
      'unfit_meter',
    ],
  ])('charge %# does not fit', async (charge, pointers, code) => {
    const { status, body } = await post(charge);
    expect([status, pointersOf(body), body.errors[0].code]).toEqual([422, pointers, code]);
  });

  test.each([
    [usage({ filter: { region: ['eu'] }, group_by: ['class'] })],
    [usage({ price: matrix('region', 'class') })],
    [usage({ meter: 'paid', price: { model: 'dynamic' } })],
  ])('charge %# fits', async (charge) => {
    expect((await post(charge)).status).toBe(201);
  });
});

describe('two charges on one meter', () => {
  const with_ = (key: string, filter?: Record<string, string[]>) => usage({ key, ...(filter && { filter }) });

  test.each([
    [{ region: ['eu'] }, { region: ['us', 'jp'] }],
    [
      { region: ['eu'], class: ['a'] },
      { region: ['eu'], class: ['b'] },
    ],
  ])('may stand beside each other if their filters %j and %j exclude each other', async (one, two) => {
    expect((await post(with_('a', one), with_('b', two))).status).toBe(201);
  });

  test.each([
    [{ region: ['eu'] }, { region: ['us', 'eu'] }],
    [{ region: ['eu'] }, { class: ['a'] }],
    [{ region: ['eu'] }, undefined],
  ])('may not with %j and %j, which one event can pass both', async (one, two) => {
    const { status, body } = await post(with_('a', one), with_('b', two));
    expect([status, pointersOf(body)]).toEqual([422, ['/charges/1/meter']]);
  });
});

test('prices by currency hold one in the plan’s own', async () => {
  const prices = { EUR: { model: 'flat', amount: '9' } };
  const { status, body } = await post({ key: 'fee', prices });
  expect([status, pointersOf(body)]).toEqual([422, ['/charges/0/prices']]);
  expect((await post({ key: 'fee', prices: { ...prices, USD: { model: 'flat', amount: '10' } } })).status).toBe(201);
});
