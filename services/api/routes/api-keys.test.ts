import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
])('%j is refused', async (body) => {
  expect((await own.post('/v1/api-keys', body)).status).toBe(422);
});
