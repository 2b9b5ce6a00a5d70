import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;

beforeAll(async () => {
  api = await startTestApi();
  own = (await api.organization()).api;
  other = (await api.organization()).api;
});
afterAll(() => api?.stop());

const RATE = { from: 'USD', to: 'EUR', rate: '0.92', date: '2026-10-01', source: 'ECB' };

const changesOf = async (subject: string) =>
  (await api.owner.query('SELECT type FROM outbox WHERE subject = $1 ORDER BY id', [subject])).rows.map(
    ({ type }) => type,
  );

test('a rate is entered once for a pair and day; the same again is the same', async () => {
  const { status, body, headers } = await own.post('/v1/exchange-rates', RATE);
  expect([status, headers.get('location')]).toEqual([201, `/v1/exchange-rates/${body.id}`]);
  expect(body).toMatchObject({ ...RATE, withdrawn_at: null });
  const again = await own.post('/v1/exchange-rates', { ...RATE, rate: '0.920' });
  expect([again.status, again.body]).toEqual([200, body]);
  expect((await own.get(`/v1/exchange-rates/${body.id}`)).body).toEqual(body);
  expect(await changesOf(body.id)).toEqual(['exchange_rate.entered']);
});

test.each([{ rate: '0.93' }, { source: 'Bank' }])('another one of the same day is refused: %j', async (changes) => {
  await own.post('/v1/exchange-rates', RATE);
  const { status, body } = await own.post('/v1/exchange-rates', { ...RATE, ...changes });
  expect([status, body.code]).toEqual([409, 'exchange_rate_exists']);
  expect(body.detail).toContain('the rate of 2026-10-01 is 0.92 (ECB): withdraw it by DELETE /v1/exchange-rates/');
});

test('the other way round, another day, and another organization are others', async () => {
  await own.post('/v1/exchange-rates', RATE);
  for (const changes of [
    { from: 'EUR', to: 'USD', rate: '1.08' },
    { date: '2026-10-02', rate: '0.95' },
  ])
    expect((await own.post('/v1/exchange-rates', { ...RATE, ...changes })).status).toBe(201);
  const theirs = await other.post('/v1/exchange-rates', { ...RATE, rate: '0.5' });
  expect(theirs.status).toBe(201);
  expect((await own.get(`/v1/exchange-rates/${theirs.body.id}`)).status).toBe(404);
  expect((await own.delete(`/v1/exchange-rates/${theirs.body.id}`)).status).toBe(404);
});

test('a wrong one is withdrawn and another one entered; both stay in the list', async () => {
  const day = { ...RATE, date: '2026-09-01' };
  const wrong = (await own.post('/v1/exchange-rates', { ...day, rate: '9.2' })).body;
  const { status, body } = await own.delete(`/v1/exchange-rates/${wrong.id}`);
  expect([status, body]).toEqual([200, { ...wrong, withdrawn_at: expect.any(String) }]);
  expect((await own.delete(`/v1/exchange-rates/${wrong.id}`)).body).toEqual(body);
  const right = (await own.post('/v1/exchange-rates', day)).body;
  expect((await own.get('/v1/exchange-rates?date=2026-09-01')).body.data).toEqual([right, body]);
  expect(await changesOf(wrong.id)).toEqual(['exchange_rate.entered', 'exchange_rate.withdrawn']);
});

test('the list is filtered and goes page by page', async () => {
  for (const date of ['2026-01-01', '2026-01-02', '2026-01-03'])
    await own.post('/v1/exchange-rates', { ...RATE, from: 'GBP', date });
  await own.post('/v1/exchange-rates', { ...RATE, from: 'GBP', to: 'CHF', date: '2026-01-03' });
  const first = (await own.get('/v1/exchange-rates?from=GBP&to=EUR&limit=2')).body;
  expect(first.data.map(({ date }: { date: string }) => date)).toEqual(['2026-01-03', '2026-01-02']);
  const second = (await own.get(`/v1/exchange-rates?from=GBP&to=EUR&limit=2&cursor=${first.next_cursor}`)).body;
  expect([second.data.map(({ date }: { date: string }) => date), second.next_cursor]).toEqual([['2026-01-01'], null]);
});

test('of many entered at once for one day one holds', async () => {
  const rates = ['1.1', '1.2', '1.3', '1.4'];
  const answers = await Promise.all(
    rates.map((rate) => own.post('/v1/exchange-rates', { ...RATE, from: 'CHF', rate })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  expect((await own.get('/v1/exchange-rates?from=CHF')).body.data).toHaveLength(1);
});

test('all faults are told at once', async () => {
  const { status, body } = await own.post('/v1/exchange-rates', {
    from: 'usd',
    to: 'XXX',
    rate: '0',
    date: 'today',
    by: 1,
  });
  expect(status).toBe(422);
  expect(pointersOf(body).sort()).toEqual(['/by', '/date', '/from', '/rate', '/source', '/to']);
  expect(pointersOf((await own.post('/v1/exchange-rates', { ...RATE, to: 'USD' })).body)).toEqual(['/to']);
});

test('the database refuses to change or remove one', async () => {
  await own.post('/v1/exchange-rates', RATE);
  for (const sql of [
    'UPDATE exchange_rates SET rate = 2',
    'DELETE FROM exchange_rates',
    'TRUNCATE exchange_rates',
    'UPDATE exchange_rates SET withdrawn_at = NULL',
  ])
    await expect(api.owner.query(sql)).rejects.toThrow(/never change/);
});
