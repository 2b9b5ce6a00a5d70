import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { allOf, METER, newCustomer, PLAN, pointersOf } from '#tests/support/catalog.ts';
import { waitFor } from '#tests/support/wait-for.ts';

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

test('a meter is created, found, listed', async () => {
  const input = {
    key: 'bytes',
    name: 'Bytes',
    event_type: 'transfer',
    aggregation: 'sum',
    value_property: 'bytes',
    group_by: ['region'],
    effective_from: '2026-01-01T01:00:00+01:00',
  };
  const { status, body, headers } = await own.post('/v1/meters', input);
  expect([status, headers.get('location')]).toEqual([201, '/v1/meters/bytes']);
  expect(body).toMatchObject({ ...input, effective_from: '2026-01-01T00:00:00.000Z', archived_at: null });
  expect((await own.get('/v1/meters/bytes')).body).toEqual(body);
  expect(await allOf(own, '/v1/meters')).toContainEqual(body);
  expect((await other.get('/v1/meters/bytes')).status).toBe(404);
});

test('a key is taken once, and the catalogue moves only when something changed', async () => {
  const version = async () => (await api.owner.query('SELECT version FROM catalog_version')).rows[0].version;
  const before = await version();
  const { status, body } = await own.post('/v1/meters', METER);
  expect([status, body.code, await version()]).toEqual([409, 'already_exists', before]);
  await own.post('/v1/meters', { ...METER, key: 'moves' });
  expect(await version()).toBe(String(BigInt(before) + 1n));
});

test.each([
  [
    { key: 'a b', name: '', event_type: 1, aggregation: 'count', value_property: 'x' },
    ['/key', '/name', '/event_type', '/value_property'],
  ],
  [{ key: 'ok', name: 'n', event_type: 'e', aggregation: 'sum' }, ['/value_property']],
  [{ key: 'ok', name: 'n', event_type: 'e', aggregation: 'median', unit: 'x' }, ['/aggregation', '/unit']],
  [
    {
      key: 'ok',
      name: 'n',
      event_type: 'e',
      aggregation: 'count',
      group_by: ['a', 'a'],
      effective_from: 'yesterday',
    },
    ['/group_by', '/effective_from'],
  ],
])('%j names every fault', async (input, expected) => {
  const { status, body } = await own.post('/v1/meters', input);
  expect([status, [...new Set(pointersOf(body))].sort()]).toEqual([422, [...expected].sort()]);
});

test('a change waits for the batch in hand and holds up nobody for long', async () => {
  const gate = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const batch = inTransaction(api.worker, async (tx) => {
    await lockCatalogShared(tx);
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  const creating = own.post('/v1/meters', { ...METER, key: 'waits' });
  const isWaiting = async () =>
    (
      await api.owner.query(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      )
    ).rowCount === 1;
  await waitFor(isWaiting, { describe: 'the change to wait for the lock' });
  // It gives up after 2 s, lets batches pass, and tries again.
  await waitFor(async () => !(await isWaiting()), { describe: 'the change to step aside' });
  gate.resolve();
  await batch;
  expect((await creating).status).toBe(201);
});

test('archiving ends a meter once; one that bills somebody stays', async () => {
  await own.post('/v1/meters', { ...METER, key: 'unused' });
  const archived = await own.post('/v1/meters/unused/archive');
  expect([archived.status, archived.body.archived_at]).toEqual([200, expect.any(String)]);
  expect((await own.post('/v1/meters/unused/archive')).body).toEqual(archived.body);
  const refused = await own.post('/v1/plans', {
    ...PLAN,
    key: 'late',
    charges: [{ ...PLAN.charges[1], meter: 'unused' }],
  });
  expect([refused.status, refused.body.errors[0]]).toEqual([
    422,
    expect.objectContaining({ pointer: '/charges/0/meter', code: 'archived_meter' }),
  ]);
  const customer = await newCustomer(own);
  await own.post('/v1/subscriptions', { customer, plan: 'growth', starts_on: '2026-01-01' });
  expect((await own.post('/v1/meters/calls/archive')).body).toMatchObject({ status: 409, code: 'meter_in_use' });
  expect((await own.post('/v1/meters/nothing/archive')).status).toBe(404);
});
