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

test('a list goes on where it stopped', async () => {
  const { api: client } = await api.organization();
  const keys: string[] = [];
  for (let i = 0; i < 5; i++) keys.push(await newCustomer(client));
  expect((await allOf(client, '/v1/customers')).map(({ key }) => key)).toEqual(keys);
  expect((await client.get('/v1/customers?limit=5')).body.next_cursor).toBeNull();
});
