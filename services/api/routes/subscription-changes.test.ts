import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { METER, newCustomer, PLAN, pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;

/** Where the calendar stands; each test may move it. */
let today = '2026-03-15';
const now = () => Date.parse(`${today}T12:00:00Z`);

const SEATS = { key: 'seats', price: { model: 'per_unit', unit_amount: '9' }, quantity: 'seats' };

beforeAll(async () => {
  api = await startTestApi({ now });
  own = (await api.organization()).api;
  other = (await api.organization()).api;
  await own.post('/v1/meters', { ...METER, group_by: ['region'] });
  await own.post('/v1/plans', PLAN);
  await own.post('/v1/plans', { ...PLAN, key: 'team', charges: [...PLAN.charges, SEATS] });
  await own.post('/v1/plans', { ...PLAN, key: 'yearly', interval: 'year' });
  await own.post('/v1/plans', {
    ...PLAN,
    key: 'abroad',
    charges: [{ key: 'fee', prices: { USD: { model: 'flat', amount: '49' }, EUR: { model: 'flat', amount: '45' } } }],
  });
});
afterAll(() => api?.stop());

async function subscribe(fields: Record<string, unknown> = {}) {
  const customer = await newCustomer(own);
  const { status, body } = await own.post('/v1/subscriptions', {
    customer,
    plan: 'growth',
    starts_on: '2026-03-01',
    ...fields,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  const path = `/v1/subscriptions/${body.id}`;
  return {
    customer,
    path,
    body,
    post: (action: string, request: unknown = {}) => own.post(`${path}/${action}`, request),
    read: async () => (await own.get(path)).body,
    changes: async () => (await own.get(`${path}/changes`)).body.data,
  };
}

/** With the calendar on that day. */
async function on<T>(day: string, work: () => Promise<T>): Promise<T> {
  const before = today;
  today = day;
  try {
    return await work();
  } finally {
    today = before;
  }
}

describe('a new subscription', () => {
  test('says all that it was made with, and where its period stands', async () => {
    const { body } = await subscribe({
      plan: 'team',
      anchor: 'anniversary',
      starts_on: '2026-01-31',
      quantities: { seats: '5' },
      overrides: { fee: { price: { model: 'flat', amount: '40' } } },
      trial_days: 14,
    });
    expect(body).toMatchObject({
      state: 'active',
      currency: 'USD',
      anchor: '2026-01-31',
      quantities: { seats: '5' },
      overrides: { fee: { price: { model: 'flat', amount: '40' } } },
      trial_days: 14,
      trial_usage: 'billed',
      trial_ends_on: '2026-02-14',
      current_period: { from: '2026-02-28', to: '2026-03-31' },
      canceled_at: null,
    });
  });

  test.each([
    ['2026-04-01', 'scheduled', null],
    ['2026-03-10', 'trialing', { from: '2026-03-01', to: '2026-04-01' }],
    ['2026-03-01', 'active', { from: '2026-03-01', to: '2026-04-01' }],
  ])('from %s on is %s', async (starts_on, state, current_period) => {
    const { body } = await subscribe({ starts_on, trial_days: 10 });
    expect(body).toMatchObject({ state, current_period });
  });

  test.each([
    [{ plan: 'team' }, ['/quantities/seats'], 'missing_quantity'],
    [{ quantities: { seats: '5' } }, ['/quantities/seats'], 'unknown_quantity'],
    [{ plan: 'team', quantities: { seats: '-1' } }, ['/quantities/seats'], undefined],
    [{ overrides: { nothing: { discount_percent: '5' } } }, ['/overrides/nothing'], 'unknown_charge'],
    [{ overrides: { fee: { included_units: '5' } } }, ['/overrides/fee/included_units'], 'invalid_value'],
    [{ overrides: { fee: {} } }, ['/overrides/fee'], 'invalid_value'],
    [
      { overrides: { calls: { minimum_amount: '9', maximum_amount: '8' } } },
      ['/overrides/calls/maximum_amount'],
      'invalid_value',
    ],
    [{ currency: 'EUR' }, ['/currency', '/currency'], 'missing_price'],
    [{ plan: 'abroad', currency: 'JPY' }, ['/currency'], 'missing_price'],
    [{ anchor: 'sometimes' }, ['/anchor'], undefined],
    [{ trial_days: -1, trial_usage: 'cheap' }, ['/trial_days', '/trial_usage'], undefined],
  ])('%j is refused', async (fields, pointers, code) => {
    const customer = await newCustomer(own);
    const { status, body } = await own.post('/v1/subscriptions', {
      customer,
      plan: 'growth',
      starts_on: '2026-03-01',
      ...fields,
    });
    expect([status, pointersOf(body)]).toEqual([422, pointers]);
    if (code) expect(body.errors[0].code).toBe(code);
  });

  test('names all that is not there at once, and what cannot be read beside it', async () => {
    const missing = { customer: 'nobody', plan: 'nothing', starts_on: '2026-03-01' };
    const { body } = await own.post('/v1/subscriptions', missing);
    expect(body.errors).toMatchObject([
      { pointer: '/customer', code: 'unknown_customer' },
      { pointer: '/plan', code: 'unknown_plan' },
    ]);
    const pointers = async (fields: object) =>
      pointersOf((await own.post('/v1/subscriptions', { ...missing, ...fields })).body);
    expect(await pointers({ starts_on: 'soon' })).toEqual(['/starts_on', '/customer', '/plan']);
    expect(await pointers({ plan: 'growth', version: 7, trial_days: -1 })).toEqual([
      '/trial_days',
      '/customer',
      '/version',
    ]);
    expect(await pointers({ customer: '', plan: 5 })).toEqual(['/customer', '/plan']);
  });

  test('has a currency of its choice where all charges have a price in it', async () => {
    expect((await subscribe({ plan: 'abroad', currency: 'EUR' })).body.currency).toBe('EUR');
    const overrides = {
      fee: { price: { model: 'flat', amount: '45' } },
      calls: { price: { model: 'per_unit', unit_amount: '1' } },
    };
    expect((await subscribe({ currency: 'EUR', overrides })).body.currency).toBe('EUR');
  });

  test('is on the newest active version; drafts and archived ones take none', async () => {
    const plan = { ...PLAN, key: 'states', charges: [PLAN.charges[0]] };
    await own.post('/v1/plans', { ...plan, state: 'draft' });
    const customer = await newCustomer(own);
    const ask = (fields = {}) =>
      own.post('/v1/subscriptions', { customer, plan: 'states', starts_on: '2026-03-01', ...fields });
    expect((await ask()).body.errors).toMatchObject([{ pointer: '/plan', code: 'plan_not_active' }]);
    expect((await ask({ version: 1 })).body.errors).toMatchObject([{ pointer: '/version', code: 'plan_not_active' }]);
    await own.call('POST', '/v1/plans/states/versions/1/activate');
    await own.post('/v1/plans', { ...plan, state: 'draft' });
    expect((await ask()).body.version).toBe(1);
    await own.call('POST', '/v1/plans/states/versions/1/archive');
    expect((await ask()).status).toBe(422);
  });

  test('beside another is possible where filters keep their usage apart', async () => {
    const charge = { ...PLAN.charges[1], filter: { region: ['eu'] } };
    await own.post('/v1/plans', { ...PLAN, key: 'eu', charges: [charge] });
    await own.post('/v1/plans', { ...PLAN, key: 'us', charges: [{ ...charge, filter: { region: ['us'] } }] });
    const { customer } = await subscribe({ plan: 'eu' });
    const also = (plan: string) => own.post('/v1/subscriptions', { customer, plan, starts_on: '2026-03-01' });
    expect((await also('us')).status).toBe(201);
    expect((await also('growth')).body.code).toBe('subscriptions_overlap');
  });
});

describe('a change', () => {
  test('now holds from today on, the rest stays', async () => {
    const one = await subscribe({ plan: 'team', quantities: { seats: '5' } });
    const { status, body } = await one.post('change', { quantities: { seats: '8' }, when: 'now' });
    expect([status, body]).toMatchObject([200, { plan: 'team', quantities: { seats: '8' } }]);
    expect(await one.changes()).toMatchObject([
      { starts_on: '2026-03-01', state: 'in_effect', plan: 'team', version: 1, quantities: { seats: '5' } },
      { starts_on: '2026-03-15', state: 'in_effect', plan: null, quantities: { seats: '8' }, paused: null },
    ]);
  });

  test('with the end of the period waits, is listed, and can be taken back', async () => {
    const one = await subscribe();
    const { body } = await one.post('change', { plan: 'yearly', when: 'period_end' });
    expect(body.plan).toBe('growth');
    const [, scheduled] = await one.changes();
    expect(scheduled).toMatchObject({ starts_on: '2026-04-01', state: 'scheduled', plan: 'yearly', version: 1 });
    expect(await on('2026-04-01', one.read)).toMatchObject({
      plan: 'yearly',
      current_period: { from: '2026-01-01', to: '2027-01-01' },
    });
    const dropped = await own.delete(`${one.path}/changes/${scheduled.id}`);
    expect([dropped.status, dropped.body.plan]).toEqual([200, 'growth']);
    expect(await one.changes()).toHaveLength(1);
    expect((await own.delete(`${one.path}/changes/${scheduled.id}`)).status).toBe(404);
  });

  test('on a day to come, after one that is made now: both hold', async () => {
    const one = await subscribe({ plan: 'team', quantities: { seats: '5' } });
    await one.post('change', { overrides: { fee: { discount_percent: '10' } }, when: '2026-05-05' });
    await one.post('change', { quantities: { seats: '6' }, when: 'now' });
    expect(await on('2026-05-05', one.read)).toMatchObject({
      quantities: { seats: '6' },
      overrides: { fee: { discount_percent: '10' } },
    });
  });

  test.each([
    [{ when: 'now' }, ''],
    [{ plan: 'nothing', when: 'now' }, '/plan'],
    [{ version: 7, when: 'now' }, '/version'],
    [{ plan: 'team', when: 'now' }, '/quantities/seats'],
    [{ quantities: { seats: '5' }, when: 'now' }, '/quantities/seats'],
    [{ plan: 'yearly', when: '2026-03-14' }, '/when'],
    [{ plan: 'yearly', when: 'soon' }, '/when'],
    [{ plan: 'yearly' }, '/when'],
  ])('%j is refused', async (request, pointer) => {
    const one = await subscribe();
    const { status, body } = await one.post('change', request);
    expect([status, pointersOf(body)]).toEqual([422, [pointer]]);
    expect(await one.changes()).toHaveLength(1);
  });

  test('that makes overrides meaningless is refused, unless it sends others', async () => {
    const one = await subscribe({ overrides: { calls: { included_units: '5' } } });
    const refused = await one.post('change', { plan: 'abroad', when: 'now' });
    expect(refused.body.errors).toMatchObject([{ pointer: '/overrides/calls', code: 'unknown_charge' }]);
    expect((await one.post('change', { plan: 'abroad', overrides: {}, when: 'now' })).status).toBe(200);
  });

  test('that would bill usage of another subscription is refused', async () => {
    const one = await subscribe({ plan: 'abroad' });
    await own.post('/v1/subscriptions', { customer: one.customer, plan: 'growth', starts_on: '2026-06-01' });
    const request = { plan: 'growth', overrides: {} };
    expect((await one.post('change', { ...request, when: 'now' })).body.code).toBe('subscriptions_overlap');
    await one.post('cancel', { when: '2026-05-31' });
    expect((await one.post('change', { ...request, when: 'now' })).status).toBe(200);
    const kept = await own.delete(`${one.path}/cancellation`);
    expect(kept.body.code).toBe('subscriptions_overlap');
  });

  test('that has taken effect is not taken back', async () => {
    const one = await subscribe();
    const [first] = await one.changes();
    expect((await own.delete(`${one.path}/changes/${first.id}`)).body.code).toBe('subscription_state');
  });

  test('with which it begins is not taken back, although its day is to come', async () => {
    const one = await subscribe({ plan: 'abroad', starts_on: '2026-05-01' });
    await one.post('change', { plan: 'growth', when: '2026-06-01' });
    await one.post('change', { overrides: { fee: { discount_percent: '5' } }, when: 'now' });
    const [first, second] = await one.changes();
    const refused = await own.delete(`${one.path}/changes/${first.id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'subscription_state']);
    expect((await own.delete(`${one.path}/changes/${second.id}`)).status).toBe(200);
    expect(await one.changes()).toMatchObject([{ plan: 'abroad' }, { plan: 'growth' }]);
  });

  test('of one day comes on top of those made before it, within one tick of the clock, or by a clock that is behind', async () => {
    for (const at of ['2026-03-15', '2026-03-14', '2026-03-15']) {
      const one = await subscribe({ starts_on: '2026-03-15' });
      await on(at, async () => {
        await one.post('pause', { when: '2026-03-15' });
        await one.post('change', { plan: 'yearly', when: '2026-03-15' });
        for (const action of ['resume', 'pause', 'resume'])
          expect((await one.post(action, { when: '2026-03-15' })).status).toBe(200);
      });
      expect(await one.read()).toMatchObject({ state: 'active', plan: 'yearly' });
    }
  });

  test('of many at once all hold', async () => {
    const one = await subscribe({ plan: 'team', quantities: { seats: '1' } });
    const answers = await Promise.all(
      ['2', '3', '4', '5'].map((seats) => one.post('change', { quantities: { seats }, when: 'now' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await one.changes()).toHaveLength(5);
  });
});

describe('a cancellation', () => {
  test.each([
    ['now', '2026-03-16'],
    ['period_end', '2026-04-01'],
    ['2026-03-20', '2026-03-21'],
  ])('%s lets it end before %s, and can be taken back', async (when, ends_on) => {
    const one = await subscribe({ ends_on: '2027-01-01' });
    const { body } = await one.post('cancel', { when });
    expect(body).toMatchObject({ ends_on, canceled_at: '2026-03-15T12:00:00.000Z', state: 'active' });
    expect((await on(ends_on, one.read)).state).toBe('ended');
    const kept = await own.delete(`${one.path}/cancellation`);
    expect([kept.status, kept.body]).toMatchObject([200, { ends_on: '2027-01-01', canceled_at: null }]);
    expect((await own.delete(`${one.path}/cancellation`)).body.code).toBe('subscription_state');
  });

  test('of one that has not begun: it never does', async () => {
    const one = await subscribe({ starts_on: '2026-05-01' });
    expect((await one.post('cancel', { when: 'now' })).body).toMatchObject({ ends_on: '2026-05-01' });
    expect(
      (await own.post('/v1/subscriptions', { customer: one.customer, plan: 'growth', starts_on: '2026-05-01' })).status,
    ).toBe(201);
  });

  test('that has taken effect ends everything', async () => {
    const one = await subscribe();
    await one.post('cancel', { when: 'now' });
    await on('2026-03-16', async () => {
      for (const answer of [
        await one.post('cancel', { when: 'now' }),
        await one.post('change', { plan: 'yearly', when: 'now' }),
        await one.post('pause'),
        await own.delete(`${one.path}/cancellation`),
      ])
        expect([answer.status, answer.body.code]).toEqual([409, 'subscription_state']);
    });
  });

  test('to a day behind the agreed end is refused, and so is a change behind the end', async () => {
    const one = await subscribe({ ends_on: '2026-04-10' });
    expect(pointersOf((await one.post('cancel', { when: '2026-05-01' })).body)).toEqual(['/when']);
    // It would end with the end of a day that is not its own any more.
    expect(pointersOf((await one.post('cancel', { when: '2026-04-10' })).body)).toEqual(['/when']);
    expect((await one.post('cancel', { when: '2026-04-09' })).body.ends_on).toBe('2026-04-10');
    expect(pointersOf((await one.post('change', { plan: 'yearly', when: '2026-04-10' })).body)).toEqual(['/when']);
  });
});

describe('a pause', () => {
  test('holds until it is resumed; neither twice', async () => {
    const one = await subscribe();
    expect((await one.post('pause')).body.state).toBe('paused');
    expect((await one.post('pause')).body.code).toBe('subscription_state');
    expect((await one.post('resume', { when: '2026-04-01' })).body.state).toBe('paused');
    expect((await on('2026-04-01', one.read)).state).toBe('active');
    expect((await one.post('resume', { when: '2026-04-02' })).body.code).toBe('subscription_state');
  });

  test('leaves the meter to another subscription, and does not end before that one does', async () => {
    const one = await subscribe();
    await one.post('pause');
    const second = { customer: one.customer, plan: 'growth', starts_on: '2026-03-15', ends_on: '2026-04-01' };
    expect((await own.post('/v1/subscriptions', second)).status).toBe(201);
    expect((await one.post('resume', { when: '2026-03-31' })).body.code).toBe('subscriptions_overlap');
    expect((await one.post('resume', { when: '2026-04-01' })).status).toBe(200);
  });
});

test('nothing of another organization is there', async () => {
  const { path } = await subscribe();
  for (const answer of [
    await other.get(`${path}/changes`),
    await other.post(`${path}/cancel`, { when: 'now' }),
    await other.post(`${path}/pause`),
    await other.delete(`${path}/cancellation`),
  ])
    expect(answer.status).toBe(404);
});
