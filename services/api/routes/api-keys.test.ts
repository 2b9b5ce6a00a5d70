import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { createKeyUses } from '#libs/http/create-key-uses.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { waitFor } from '#tests/support/wait-for.ts';

let api: TestApi;
let own: TestApiClient;

beforeAll(async () => {
  api = await startTestApi();
  own = (await api.organization()).api;
});
afterAll(() => api?.stop());

test('a key opens what its scopes say until it is revoked', async () => {
  const { api: admin } = await api.organization();
  const created = await admin.post('/v1/api-keys', { name: 'reader', scopes: ['read'] });
  expect(created.status).toBe(201);
  const reader = api.clientOf(created.body.key);
  expect((await reader.get('/v1/customers')).status).toBe(200);
  expect((await admin.get('/v1/api-keys')).body.data).toMatchObject([
    { name: 'First admin key' },
    { id: created.body.id, prefix: created.body.key.slice(0, 12), revoked_at: null },
  ]);
  expect(JSON.stringify((await admin.get('/v1/api-keys')).body)).not.toContain(created.body.key);
  expect((await admin.delete(`/v1/api-keys/${created.body.id}`)).status).toBe(204);
  await waitFor(async () => (await reader.get('/v1/customers')).status === 401, {
    timeoutMs: 3000,
    describe: 'the revoked key to be refused',
  });
  expect((await admin.delete(`/v1/api-keys/${created.body.id}`)).status).toBe(404);
});

test('the last admin key stays, also when two revoke each other at once', async () => {
  const { api: first, id } = await api.organization();
  const second = await first.post('/v1/api-keys', { name: 'second', scopes: ['admin'] });
  const keys = (await first.get('/v1/api-keys')).body.data as { id: string }[];
  const answers = await Promise.all(keys.map((key) => first.delete(`/v1/api-keys/${key.id}`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  expect(answers.find(({ status }) => status === 409)?.body.code).toBe('last_admin_key');
  const { rows } = await api.owner.query(
    'SELECT count(*)::integer AS live FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL',
    [id],
  );
  expect([second.status, rows[0].live]).toEqual([201, 1]);
});

test.each([
  [{ name: 'x', scopes: [] }],
  [{ name: 'x', scopes: ['all'] }],
  [{ name: 'x', scopes: ['read', 'read'] }],
  [{ name: 'x', scopes: ['operator'] }],
  [{ name: 'x' }],
  [{ name: 'x', role: 'king' }],
  [{ name: 'x', role: 'owner', scopes: ['read'] }],
  [{ name: 'x', role: 'owner', expires_at: '2020-01-01T00:00:00Z' }],
  [{ name: 'x', role: 'owner', expires_at: 'tomorrow' }],
])('%j is refused', async (body) => {
  expect((await own.post('/v1/api-keys', body)).status).toBe(422);
});

const LIST = { method: 'GET', path: '/v1/customers', scope: 'read', area: undefined } as const;
const codeOf = (error: unknown) => (error as { code?: unknown }).code;

test('a key is refused from the instant it expires on, also by a process that remembers it', async () => {
  const { api: admin } = await api.organization();
  const expiresAt = Date.now() + 3_600_000;
  const { body } = await admin.post('/v1/api-keys', {
    name: 'brief',
    role: 'read_only',
    expires_at: new Date(expiresAt).toISOString(),
  });
  expect(body).toMatchObject({ role: 'read_only', scopes: [], expires_at: new Date(expiresAt).toISOString() });
  let now = expiresAt - 1;
  let isAway = false;
  const pool = {
    query: (...given: unknown[]) =>
      isAway
        ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
        : (api.pool.query as (...args: unknown[]) => Promise<unknown>)(...given),
  } as never;
  const authenticate = createAuthenticator({ pool, now: () => now });
  const headers = { 'x-api-key': body.key };
  expect(await authenticate(headers, LIST)).toMatchObject({ keyId: body.id });
  isAway = true;
  expect(await authenticate(headers, LIST)).toMatchObject({ keyId: body.id });
  now = expiresAt;
  for (const away of [true, false]) {
    isAway = away;
    const refusal = await authenticate(headers, LIST).catch((error) => error);
    expect([codeOf(refusal), refusal.message]).toEqual(['unauthenticated', expect.stringContaining('expired')]);
    now += 2000;
  }
  expect((await api.clientOf(body.key).get('/v1/customers')).status).toBe(200);
});

test('rotated: both serve through the overlap, then the new one alone', async () => {
  const { api: admin } = await api.organization();
  const old = (await admin.post('/v1/api-keys', { name: 'backend', scopes: ['ingest', 'read'] })).body;
  const rotated = await admin.post(`/v1/api-keys/${old.id}/rotate`, { overlap_seconds: 60 });
  expect(rotated).toMatchObject({
    status: 201,
    body: { name: 'backend', scopes: ['ingest', 'read'], expires_at: null },
  });
  expect(rotated.body.key).not.toBe(old.key);
  const stored = (await admin.get('/v1/api-keys')).body.data.find(({ id }: { id: string }) => id === old.id);
  expect(stored.replaced_by).toBe(rotated.body.id);
  const ends = Date.parse(stored.expires_at);
  expect(Math.abs(ends - Date.now() - 60_000)).toBeLessThan(30_000);
  const opens = (key: string, now: number) =>
    createAuthenticator({ pool: api.pool, now: () => now })({ 'x-api-key': key }, LIST).then(() => true, codeOf);
  const both = (now: number) => Promise.all([opens(old.key, now), opens(rotated.body.key, now)]);
  expect(await both(ends - 1)).toEqual([true, true]);
  expect(await both(ends)).toEqual(['unauthenticated', true]);
  const again = await admin.post(`/v1/api-keys/${old.id}/rotate`, {});
  expect([again.status, again.body.code]).toEqual([409, 'key_rotated']);
});

test('without overlap a leaked key ends at once, and an earlier end stays', async () => {
  const { api: admin } = await api.organization();
  const leaked = (await admin.post('/v1/api-keys', { name: 'leaked', scopes: ['read'] })).body;
  const fresh = await admin.post(`/v1/api-keys/${leaked.id}/rotate`, { overlap_seconds: 0 });
  await waitFor(async () => (await api.clientOf(leaked.key).get('/v1/customers')).status === 401, {
    timeoutMs: 3000,
    describe: 'the leaked key to be refused',
  });
  expect((await api.clientOf(fresh.body.key).get('/v1/customers')).status).toBe(200);
  expect((await admin.post(`/v1/api-keys/${leaked.id}/rotate`, {})).status).toBe(404);
  const expires_at = new Date(Date.now() + 60_000).toISOString();
  const brief = (await admin.post('/v1/api-keys', { name: 'brief', scopes: ['read'], expires_at })).body;
  await admin.post(`/v1/api-keys/${brief.id}/rotate`, { overlap_seconds: 86_400 });
  const { data } = (await admin.get('/v1/api-keys')).body;
  expect(data.find(({ id }: { id: string }) => id === brief.id).expires_at).toBe(expires_at);
});

test('somebody who can make keys stays for good: one that expires does not count', async () => {
  const { api: admin } = await api.organization();
  const [first] = (await admin.get('/v1/api-keys')).body.data;
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  await admin.post('/v1/api-keys', { name: 'brief', role: 'owner', expires_at });
  await admin.post('/v1/api-keys', { name: 'cannot make keys', role: 'admin' });
  expect((await admin.delete(`/v1/api-keys/${first.id}`)).body.code).toBe('last_admin_key');
  const brief = await admin.post(`/v1/api-keys/${first.id}/rotate`, { expires_at });
  expect(brief.body.code).toBe('last_admin_key');
  await admin.post('/v1/api-keys', { name: 'for good', role: 'owner' });
  expect((await admin.delete(`/v1/api-keys/${first.id}`)).status).toBe(204);
});

test('keys of a test organization say so', async () => {
  const { api: admin, id } = await api.organization();
  await api.owner.query("UPDATE organizations SET mode = 'test' WHERE id = $1", [id]).catch(() => undefined);
  const { rows } = await api.owner.query('SELECT mode FROM organizations WHERE id = $1', [id]);
  const { body } = await admin.post('/v1/api-keys', { name: 'k', scopes: ['read'] });
  expect(body.key).toMatch(new RegExp(`^tb_${rows[0].mode}_[\\w-]{43}$`));
  expect((await api.clientOf(body.key).get('/v1/customers')).status).toBe(200);
});

test('when a key was used last is written in batches, never backwards, and kept while the database is away', async () => {
  const { api: admin, id } = await api.organization();
  const { body } = await admin.post('/v1/api-keys', { name: 'used', scopes: ['read'] });
  const lastUsed = async () =>
    (await api.owner.query('SELECT last_used_at FROM api_keys WHERE id = $1', [body.id])).rows[0].last_used_at;
  let statements = 0;
  let isAway = false;
  const uses = createKeyUses({
    query: (...given: unknown[]) => {
      statements += 1;
      return isAway
        ? Promise.reject(new Error('away'))
        : (api.pool.query as (...args: unknown[]) => Promise<unknown>)(...given);
    },
  } as never);
  const authenticate = createAuthenticator({ pool: api.pool, onUse: uses.note });
  for (let i = 0; i < 50; i++) await authenticate({ 'x-api-key': body.key }, LIST);
  expect([statements, await lastUsed()]).toEqual([0, null]);
  isAway = true;
  await expect(uses.write()).rejects.toThrow('away');
  isAway = false;
  await uses.write();
  const written = (await lastUsed()) as Date;
  expect(Math.abs(written.getTime() - Date.now())).toBeLessThan(60_000);
  uses.note(id, body.id, written.getTime() - 1000);
  await uses.write();
  await uses.write();
  expect([statements, await lastUsed()]).toEqual([3, written]);
  const later = written.getTime() + 90_000;
  uses.note(id, body.id, later);
  uses.note(id, body.id, later - 1);
  await uses.write();
  expect(await lastUsed()).toEqual(new Date(later));
});

test('a revoked key is refused after a second by every process that remembers it, and after a minute when none can look', async () => {
  const { api: admin } = await api.organization();
  const { body } = await admin.post('/v1/api-keys', { name: 'known', scopes: ['read'] });
  let now = Date.now();
  const process = () => {
    let isAway = false;
    const pool = {
      query: (...given: unknown[]) =>
        isAway
          ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
          : (api.pool.query as (...args: unknown[]) => Promise<unknown>)(...given),
    } as never;
    const authenticate = createAuthenticator({ pool, now: () => now });
    return {
      cutOff() {
        isAway = true;
      },
      ask: () => authenticate({ 'x-api-key': body.key }, LIST).then(() => 'let in', codeOf),
    };
  };
  const [first, second, apart] = [process(), process(), process()] as const;
  const askAll = () => Promise.all([first, second, apart].map(({ ask }) => ask()));
  expect(await askAll()).toEqual(['let in', 'let in', 'let in']);
  await admin.delete(`/v1/api-keys/${body.id}`);
  apart.cutOff();
  now += 1000;
  expect(await askAll()).toEqual(['unauthenticated', 'unauthenticated', 'let in']);
  now += 58_999;
  expect(await apart.ask()).toBe('let in');
  now += 1;
  expect(await apart.ask()).not.toBe('let in');
});
