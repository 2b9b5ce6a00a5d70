import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { bootstrap } from './bootstrap.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const start = (bootstrapKey?: string) => bootstrap(database.pool('owner'), { bootstrapKey, random: randomBytes });
const ROUTE = { method: 'GET', path: '/test', area: 'keys' } as const;
const caller = (key: string, scope: 'admin' | 'operator', role: 'tollbook_api' | 'tollbook_worker' = 'tollbook_api') =>
  createAuthenticator({ pool: database.pool(role) })({ 'x-api-key': key }, { ...ROUTE, scope });

test('an empty installation gets an operator key and an organization with its admin key, shown once', async () => {
  const first = await start();
  expect(first).toEqual({
    operatorKey: expect.stringMatching(/^tb_operator_[\w-]{43}$/),
    adminKey: expect.stringMatching(/^tb_live_[\w-]{43}$/),
    organizationId: expect.any(Number),
    notice: null,
  });
  expect(await start()).toEqual({ operatorKey: null, adminKey: null, organizationId: null, notice: null });
  for (const role of ['tollbook_api', 'tollbook_worker'] as const) {
    expect(await caller(first.adminKey as string, 'admin', role)).toMatchObject({
      organizationId: first.organizationId,
    });
    expect(await caller(first.operatorKey as string, 'operator', role)).toEqual({
      organizationId: null,
      keyId: null,
      clockOffset: 0,
    });
  }
});

test('of several that start at once one makes the keys', async () => {
  const results = await Promise.all([start(), start(), start(), start()]);
  expect(results.filter(({ operatorKey, adminKey }) => operatorKey && adminKey)).toHaveLength(1);
  const { rows } = await database
    .pool('owner')
    .query(
      'SELECT (SELECT count(*) FROM organizations)::integer AS organizations, (SELECT count(*) FROM operator_keys)::integer AS operators',
    );
  expect(rows[0]).toEqual({ organizations: 1, operators: 1 });
});

test('a given key becomes the admin key; later another one is told to be without effect', async () => {
  const given = 'a key that somebody chose, long enough';
  expect((await start(given)).adminKey).toBe(given);
  const authenticate = createAuthenticator({ pool: database.pool('tollbook_api') });
  for (const headers of [{ 'x-api-key': given }, { authorization: `Bearer ${given}` }]) {
    expect(await authenticate(headers, { ...ROUTE, scope: 'admin' })).toMatchObject({ keyId: expect.any(String) });
  }
  expect((await start(given)).notice).toBeNull();
  expect((await start('another key with more than 32 characters')).notice).toMatch(/was not added/);
});

test.each(['short', `${'ü'.repeat(40)}`, ` ${'x'.repeat(40)}`, 'x'.repeat(600)])('%p can be no key', async (key) => {
  await expect(start(key)).rejects.toThrow(/^TOLLBOOK_BOOTSTRAP_KEY must have 32 to 512/);
});

test('a lost operator key is replaced once its row was removed', async () => {
  const { operatorKey: lost } = await start();
  await database.pool('owner').query('DELETE FROM operator_keys');
  const { operatorKey, adminKey } = await start();
  expect(adminKey).toBeNull();
  await expect(caller(lost as string, 'operator')).rejects.toThrow('not known');
  expect(await caller(operatorKey as string, 'operator')).toMatchObject({ keyId: null });
});
