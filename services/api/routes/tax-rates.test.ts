import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { allOf, METER, PLAN, pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;

beforeAll(async () => {
  // In Auckland it is the second already.
  api = await startTestApi({ now: () => Date.parse('2027-01-01T12:00:00Z') });
  own = (await api.organization({ time_zone: 'Pacific/Auckland' })).api;
  other = (await api.organization()).api;
  await own.post('/v1/meters', METER);
  await own.post('/v1/plans', PLAN);
});
afterAll(() => api?.stop());

const rate = (key: string, fields: Record<string, unknown> = {}) => ({
  key,
  name: 'VAT',
  percent: '19',
  valid_from: '2026-01-01',
  ...fields,
});
const create = (key: string, fields: Record<string, unknown> = {}, client = own) =>
  client.post('/v1/tax-rates', rate(key, fields));
const end = (key: string, body: Record<string, unknown>, client = own) => client.post(`/v1/tax-rates/${key}/end`, body);
const on = async (key: string, day: string) => (await own.get(`/v1/tax-rates/${key}?on=${day}`)).body;

test('a rate is made, shown as it was sent, and told of', async () => {
  const sent = rate('vat', { percent: '19.00', inclusive: true, charges: ['fee'], valid_to: '2030-01-01' });
  const { status, body, headers } = await own.post('/v1/tax-rates', sent);
  expect([status, headers.get('location')]).toEqual([201, '/v1/tax-rates/vat?on=2026-01-01']);
  expect(body).toMatchObject(sent);
  expect((await own.get(headers.get('location') as string)).body).toEqual(body);
  expect((await own.get('/v1/tax-rates/vat')).body).toEqual(body);
  expect(await allOf(own, '/v1/tax-rates')).toContainEqual(body);
  const { rows } = await api.owner.query('SELECT type, data FROM outbox WHERE subject = $1', [body.id]);
  expect(rows).toEqual([{ type: 'tax_rate.created', data: body }]);
  expect((await own.get('/v1/tax-rates/none')).status).toBe(404);
});

test('its entries touch and leave gaps, but never overlap', async () => {
  await create('dated', { valid_to: '2026-07-01' });
  expect((await create('dated', { percent: '16', valid_from: '2026-07-01', valid_to: '2027-01-01' })).status).toBe(201);
  expect((await create('dated', { percent: '21', valid_from: '2027-02-01' })).status).toBe(201);
  expect((await on('dated', '2026-06-30')).percent).toBe('19');
  expect((await on('dated', '2026-07-01')).percent).toBe('16');
  expect((await on('dated', '2027-02-01')).percent).toBe('21');
  for (const day of ['2025-12-31', '2027-01-01'])
    expect(await on('dated', day)).toMatchObject({
      status: 404,
      detail: `There is no tax rate "dated" on ${day}, but on other days.`,
    });
  // Today there is the second of January, in the gap.
  expect((await own.get('/v1/tax-rates/dated')).body.detail).toContain('on 2027-01-02');
  for (const span of [
    { valid_from: '2026-06-30', valid_to: '2026-07-01' },
    { valid_from: '2020-01-01' },
    { valid_from: '2027-01-01' },
    { valid_from: '2026-12-31', valid_to: '2027-01-31' },
    { valid_from: '2040-01-01' },
  ])
    expect((await create('dated', span)).body).toMatchObject({ status: 409, code: 'tax_rates_overlap' });
  expect((await create('dated', { valid_from: '2027-01-01', valid_to: '2027-02-01' })).status).toBe(201);
  const { body: page } = await own.get('/v1/tax-rates?key=dated&limit=3');
  const { body: rest } = await own.get(`/v1/tax-rates?key=dated&cursor=${page.next_cursor}`);
  const found = [...page.data, ...rest.data];
  expect(found.map(({ key, percent }) => `${key} ${percent}`).sort()).toEqual(
    ['16', '19', '19', '21'].map((percent) => `dated ${percent}`),
  );
});

test('of many made at once for one time, one is made', async () => {
  for (const key of ['race-1', 'race-2', 'race-3', 'race-4']) {
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => create(key, { percent: String(i) })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect((await own.get(`/v1/tax-rates?key=${key}`)).body.data).toHaveLength(1);
  }
});

test('nor are two made at once that are of different kinds', async () => {
  const answers = await Promise.all([
    create('sides', { valid_to: '2027-01-01' }),
    create('sides', { inclusive: true, valid_from: '2027-01-01' }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
});

test('another organization has rates of its own', async () => {
  const { body } = await create('mine');
  expect((await other.get('/v1/tax-rates/mine')).status).toBe(404);
  expect((await end('mine', { valid_to: '2026-02-01' }, other)).status).toBe(404);
  expect(await allOf(other, '/v1/tax-rates')).toEqual([]);
  expect((await create('mine', { percent: '7' }, other)).status).toBe(201);
  expect((await own.get('/v1/tax-rates/mine')).body).toEqual(body);
});

test.each([
  [{}, ['/key', '/name', '/percent', '/valid_from']],
  [
    {
      key: '/',
      name: ' ',
      percent: '-1',
      inclusive: 'yes',
      charges: 'fee',
      valid_from: '2026-13-01',
      valid_to: 'never',
      vip: 1,
    },
    ['/charges', '/inclusive', '/key', '/name', '/percent', '/valid_from', '/valid_to', '/vip'],
  ],
  [rate('x', { percent: 19, valid_to: '2026-01-01' }), ['/percent', '/valid_to']],
  [rate('x', { charges: ['nope', 'fee'] }), ['/charges/0']],
  [rate('x', { charges: ['nope', 'fee'], percent: 19 }), ['/charges/0', '/percent']],
])('%j names every fault', async (input, expected) => {
  const { status, body } = await own.post('/v1/tax-rates', input);
  expect(status).toBe(422);
  expect([...new Set(pointersOf(body))].sort()).toEqual(expected);
});

test('a key never changes between contained and added, also when its entries are withdrawn', async () => {
  await create('side', { inclusive: true });
  await end('side', { valid_to: '2026-01-01' });
  const { body } = await create('side', { inclusive: false, charges: ['nope'] });
  expect(body.errors).toMatchObject([
    { pointer: '/inclusive', code: 'mixed_tax_rates' },
    { pointer: '/charges/0', code: 'unknown_charge' },
  ]);
  expect((await create('side', { inclusive: true, percent: '7' })).status).toBe(201);
});

test('an entry ends, and the next begins there', async () => {
  const { body: first } = await create('turn');
  expect((await end('turn', { valid_to: '2027-01-01' })).body).toEqual({ ...first, valid_to: '2027-01-01' });
  expect((await end('turn', { valid_to: '2027-01-01' })).status).toBe(200);
  const { body: second } = await create('turn', { percent: '21', valid_from: '2027-01-01' });
  expect((await end('turn', { valid_to: '2026-06-01', valid_from: '2026-01-01' })).body.id).toBe(first.id);
  expect((await end('turn', { valid_to: '2028-01-01' })).body).toEqual({ ...second, valid_to: '2028-01-01' });
  const { rows } = await api.owner.query('SELECT type FROM outbox WHERE subject = $1 ORDER BY id', [first.id]);
  expect(rows.map(({ type }) => type)).toEqual(['tax_rate.created', 'tax_rate.ended', 'tax_rate.ended']);
});

test('withdrawn, an entry gives its time free', async () => {
  await create('slip', { percent: '91' });
  expect((await end('slip', { valid_to: '2026-01-01' })).body.valid_to).toBe('2026-01-01');
  expect((await own.get('/v1/tax-rates/slip')).status).toBe(404);
  expect((await end('slip', { valid_to: '2026-01-01' })).status).toBe(404);
  expect((await create('slip')).status).toBe(201);
  expect((await own.get('/v1/tax-rates/slip')).body.percent).toBe('19');
});

test.each([
  [{ valid_to: '2025-12-31' }, '/valid_to'],
  [{ valid_to: '2027-01-02' }, '/valid_to'],
  [{}, '/valid_to'],
  [{ valid_to: '2026-06-01', percent: '7' }, '/percent'],
])('an end by %j is refused', async (body, pointer) => {
  const key = `end-${JSON.stringify(body).replaceAll(/\W/g, '')}`;
  await create(key, { valid_to: '2027-01-01' });
  const answer = await end(key, body);
  expect([answer.status, pointersOf(answer.body)]).toEqual([422, [pointer]]);
});

test('an end of what there is not is refused', async () => {
  await create('there');
  expect((await end('gone', { valid_to: '2027-01-01' })).status).toBe(404);
  expect((await end('there', { valid_to: '2027-01-01', valid_from: '2026-02-01' })).status).toBe(404);
});
