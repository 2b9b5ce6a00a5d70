import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';

/* Names under which events name a customer. */

let api: TestApi;
let own: TestApiClient;
let other: TestApiClient;

beforeAll(async () => {
  api = await startTestApi();
  own = (await api.organization()).api;
  other = (await api.organization()).api;
});
afterAll(() => api?.stop());

const make = (key: string, aliases: readonly string[] = [], client = own) =>
  client.post('/v1/customers', { key, name: key, aliases });

test('aliases are given, shown and taken away', async () => {
  const created = await make('acme', ['z', 'acme gmbh']);
  expect([created.status, created.body.aliases]).toEqual([201, ['acme gmbh', 'z']]);
  expect((await own.get('/v1/customers/acme')).body).toEqual(created.body);
  expect((await own.get('/v1/customers')).body.data).toEqual([created.body]);
  expect((await own.patch('/v1/customers/acme', { aliases: ['z', 'new'] })).body.aliases).toEqual(['new', 'z']);
  expect((await own.patch('/v1/customers/acme', { name: 'Acme' })).body).toMatchObject({
    aliases: ['new', 'z'],
    name: 'Acme',
  });
  expect((await own.patch('/v1/customers/acme', { aliases: [] })).body.aliases).toEqual([]);
  const { rows } = await api.owner.query(
    "SELECT data FROM outbox WHERE type = 'customer.updated' ORDER BY id DESC LIMIT 1",
  );
  expect(rows[0].data).toMatchObject({ key: 'acme', aliases: [] });
});

test('a name means one customer of an organization', async () => {
  await make('one', ['uno']);
  await make('two');
  const patch = (aliases: readonly string[]) => own.patch('/v1/customers/two', { aliases });
  expect((await patch(['fine', 'uno'])).body).toMatchObject({
    status: 409,
    code: 'alias_taken',
    errors: [{ pointer: '/aliases/1' }],
  });
  expect((await patch(['one'])).body).toMatchObject({
    status: 409,
    code: 'alias_taken',
    errors: [{ pointer: '/aliases/0' }],
  });
  expect((await patch(['two'])).body).toMatchObject({ status: 409, code: 'alias_taken' });
  expect((await make('uno')).body).toMatchObject({
    status: 409,
    code: 'already_exists',
    detail: expect.stringContaining('"one"'),
  });
  expect((await own.get('/v1/customers/two')).body.aliases).toEqual([]);
  expect((await make('uno', ['one'], other)).status).toBe(201);
  expect((await patch(['a', 'a'])).status).toBe(422);
});

test('nor does it come to mean two when both are made at once', async () => {
  await make('rival');
  for (let n = 0; n < 10; n += 1) {
    const name = `contested-${n}`;
    const answers = await Promise.all([
      make(name),
      own.patch('/v1/customers/rival', { aliases: [name] }),
      make(`third-${n}`, [name]),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(1);
  }
});

test('an alias under which usage came in stays: what was billed under it cannot come to be billed again', async () => {
  const { id, api: client } = await api.organization();
  await client.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  await make('first', ['used', 'unused'], client);
  await api.owner.query(
    `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
     SELECT organization_id, id, 'used', '2026-11-02T10:00Z', '', '', 1, 1, 1, 1 FROM meters WHERE organization_id = $1`,
    [id],
  );
  expect((await client.patch('/v1/customers/first', { aliases: ['unused'] })).body).toMatchObject({
    status: 409,
    code: 'alias_in_use',
    detail: expect.stringContaining('must keep "used"'),
    errors: [{ pointer: '/aliases' }],
  });
  expect((await client.patch('/v1/customers/first', { aliases: ['used'] })).body.aliases).toEqual(['used']);
});
