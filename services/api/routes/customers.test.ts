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

test('any printable key works, in bodies and in paths', async () => {
  for (const key of ['acme', 'https://x.example/a?b#c', 'naïve 株式会社', 'a%20b', 'x'.repeat(255)]) {
    const created = await own.post('/v1/customers', {
      key,
      name: 'N',
      email: 'a@b.example',
      address_lines: ['Street 1', 'City'],
      tax_id: 'DE1',
      time_zone: 'Asia/Tokyo',
    });
    expect(created.status).toBe(201);
    expect((await own.get(created.headers.get('location') as string)).body).toEqual(created.body);
  }
});

test('a key is taken once, by organization', async () => {
  const key = await newCustomer(own);
  expect((await own.post('/v1/customers', { key, name: 'Again' })).body).toMatchObject({
    status: 409,
    code: 'already_exists',
  });
  expect((await other.get(`/v1/customers/${key}`)).status).toBe(404);
  expect((await other.patch(`/v1/customers/${key}`, { name: 'Stolen' })).status).toBe(404);
  expect((await other.post('/v1/customers', { key, name: 'Theirs' })).status).toBe(201);
  expect((await own.get(`/v1/customers/${key}`)).body.name).toBe(key);
});

test.each([
  [{}, ['/key', '/name']],
  [
    { key: '..', name: 'a\nb', email: 'x', address_lines: ['', 2], tax_id: '', time_zone: 'Mars/Base', vip: true },
    ['/address_lines/0', '/address_lines/1', '/email', '/key', '/name', '/tax_id', '/time_zone', '/vip'],
  ],
  [{ key: 'a\u0000', name: '\ud800' }, ['/key', '/name']],
])('%j names every fault', async (input, expected) => {
  const { status, body } = await own.post('/v1/customers', input);
  expect(status).toBe(422);
  expect([...new Set(pointersOf(body))].sort()).toEqual(expected);
});

test('a change touches what it names, and null takes away', async () => {
  const key = await newCustomer(own, { email: 'a@b.example', tax_id: 'X' });
  const { status, body } = await own.patch(`/v1/customers/${key}`, { name: 'New', tax_id: null });
  expect(status).toBe(200);
  expect(body).toMatchObject({ name: 'New', tax_id: null, email: 'a@b.example' });
  expect((await own.patch(`/v1/customers/${key}`, { key: 'other' })).status).toBe(422);
});

test('the tax treatment asks for a reason, reverse charge for a tax id', async () => {
  const key = await newCustomer(own, { tax_id: 'DE1' });
  const path = `/v1/customers/${key}`;
  expect((await own.get(path)).body).toMatchObject({
    tax_treatment: 'standard',
    tax_treatment_reason: null,
    tax_rates: null,
  });
  const change = (fields: Record<string, unknown>) => own.patch(path, fields);
  expect(pointersOf((await change({ tax_treatment: 'reverse_charge', tax_id: null })).body).sort()).toEqual([
    '/tax_id',
    '/tax_treatment_reason',
  ]);
  const reason = 'Art. 196 of Directive 2006/112/EC';
  const turned = await change({ tax_treatment: 'reverse_charge', tax_treatment_reason: reason });
  expect(turned.body).toMatchObject({ tax_treatment: 'reverse_charge', tax_treatment_reason: reason, tax_id: 'DE1' });
  expect((await own.get(path)).body).toEqual(turned.body);
  // What was there before is judged too.
  expect(pointersOf((await change({ tax_id: null })).body)).toEqual(['/tax_id']);
  expect(pointersOf((await change({ tax_treatment_reason: null, tax_id: null, tax_rates: ['nope'] })).body)).toEqual([
    '/tax_treatment_reason',
    '/tax_id',
    '/tax_rates/0',
  ]);
  expect(pointersOf((await change({ tax_treatment: 'standard', tax_treatment_reason: reason })).body)).toEqual([
    '/tax_treatment_reason',
  ]);
  expect((await own.get(path)).body).toEqual(turned.body);
  expect((await change({ tax_treatment: 'standard' })).body).toMatchObject({
    tax_treatment: 'standard',
    tax_treatment_reason: null,
    tax_id: 'DE1',
  });
  expect(pointersOf((await change({ tax_treatment: 'guess' })).body)).toEqual(['/tax_treatment']);
});

test('a new customer is judged alike', async () => {
  const make = async (fields: Record<string, unknown>) =>
    own.post('/v1/customers', { key: `treated-${fields.tax_treatment}`, name: 'N', ...fields });
  expect(pointersOf((await make({ tax_treatment: 'reverse_charge', name: '' })).body).sort()).toEqual([
    '/name',
    '/tax_id',
    '/tax_treatment_reason',
  ]);
  const exempt = { tax_treatment: 'exempt', tax_treatment_reason: 'Art. 132' };
  expect((await make(exempt)).body).toMatchObject({ ...exempt, tax_id: null });
});

test('its tax rates exist and can stand on one bill', async () => {
  const rate = { name: 'Tax', percent: '5', valid_from: '2026-01-01' };
  for (const key of ['gst', 'pst']) await own.post('/v1/tax-rates', { ...rate, key });
  await own.post('/v1/tax-rates', { ...rate, key: 'vat', inclusive: true });
  await other.post('/v1/tax-rates', { ...rate, key: 'theirs' });
  const key = await newCustomer(own, { tax_rates: ['pst', 'gst'] });
  expect((await own.get(`/v1/customers/${key}`)).body.tax_rates).toEqual(['pst', 'gst']);
  const { body } = await own.patch(`/v1/customers/${key}`, { tax_rates: ['gst', 'vat', 'theirs'] });
  expect([body.status, body.errors]).toEqual([
    422,
    [
      expect.objectContaining({ pointer: '/tax_rates/1', code: 'mixed_tax_rates' }),
      expect.objectContaining({ pointer: '/tax_rates/2', code: 'unknown_tax_rate' }),
    ],
  ]);
  const refused = await own.post('/v1/customers', { key: 'rated', name: 'N', tax_rates: ['vat', 'gst'] });
  expect([refused.status, pointersOf(refused.body)]).toEqual([422, ['/tax_rates/1']]);
  expect((await own.get('/v1/customers/rated')).status).toBe(404);
  for (const tax_rates of [['vat'], [], null])
    expect((await own.patch(`/v1/customers/${key}`, { tax_rates })).body.tax_rates).toEqual(tax_rates);
  expect((await own.patch(`/v1/customers/${key}`, { tax_rates: ['gst', 'gst'] })).status).toBe(422);
});

test('a list goes on where it stopped', async () => {
  const { api: client } = await api.organization();
  const keys: string[] = [];
  for (let i = 0; i < 5; i++) keys.push(await newCustomer(client));
  expect((await allOf(client, '/v1/customers')).map(({ key }) => key)).toEqual(keys);
  expect((await client.get('/v1/customers?limit=5')).body.next_cursor).toBeNull();
});
