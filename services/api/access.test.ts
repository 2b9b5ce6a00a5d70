import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { placeholdersOf, type Route } from '#libs/http/route.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { apiRoutes } from './api-routes.ts';

/* Who may do what, for every route that there is: the list is the one that is mounted. */

const routes = apiRoutes({ pool: undefined as never, cache: createMemoryCache(), log: undefined as never });
/** The description of the API with its pages, and the keys of tokens, are for everybody. */
const PUBLIC = ['/.well-known/jwks.json', '/openapi.json', '/docs', '/docs/errors', '/docs/errors/{code}'];
const named = routes
  .filter(({ path }) => !PUBLIC.includes(path))
  .map((route) => [`${route.method} ${route.path}`, route] as const);

let api: TestApi;
let clients: Record<'ingest' | 'read' | 'write' | 'admin', TestApiClient>;

beforeAll(async () => {
  api = await startTestApi();
  const { api: admin } = await api.organization();
  const clientWith = async (scope: string) =>
    api.clientOf((await admin.post('/v1/api-keys', { name: scope, scopes: [scope] })).body.key);
  clients = {
    ingest: await clientWith('ingest'),
    read: await clientWith('read'),
    write: await clientWith('write'),
    admin,
  };
});
afterAll(() => api?.stop());

const PARAMETERS: Record<string, string> = {
  id: uuidv7(1),
  version: '1',
  change: uuidv7(2),
  position: '1',
  line: uuidv7(3),
  discount: uuidv7(4),
};
/** Organizations alone are numbered. */
const parameterOf = (route: Route, name: string) =>
  route.path === '/v1/organizations/{id}' ? '999999999' : (PARAMETERS[name] ?? 'none');
const pathOf = (route: Route) =>
  placeholdersOf(route.path).reduce((text, name) => text.replace(`{${name}}`, parameterOf(route, name)), route.path);

/** Some request that matches the route; its input may be wrong, because access is decided first. */
const send = (client: TestApiClient, route: Route) =>
  client.call(route.method, pathOf(route), route.body === undefined ? undefined : { nonsense: true });

const ALLOWED: Record<string, readonly string[]> = {
  read: ['read', 'write', 'admin'],
  write: ['write', 'admin'],
  admin: ['admin'],
  ingest: ['ingest', 'admin'],
  operator: [],
};

test('there are routes, and none of them is public but the description and its pages', () => {
  expect(routes.length).toBeGreaterThan(25);
  expect(routes.filter(({ scope }) => scope === 'public').map(({ path }) => path)).toEqual(PUBLIC);
});

describe.each(named)('%s', (_name, route) => {
  test('needs a key', async () => {
    const { status, body } = await send(api.anonymous, route);
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect((await send(api.clientOf(`tb_live_${'A'.repeat(43)}`), route)).status).toBe(401);
  });

  test.each(['ingest', 'read', 'write', 'admin'] as const)(
    'opens to the scope %s as its own scope says',
    async (scope) => {
      const { status, body } = await send(clients[scope], route);
      const isAllowed = (ALLOWED[route.scope] as readonly string[]).includes(scope);
      if (isAllowed) expect([401, 403, 500]).not.toContain(status);
      else expect([status, body.code]).toEqual([403, 'insufficient_scope']);
    },
  );

  test('the operator key opens operator routes only', async () => {
    const { status } = await send(api.operator, route);
    if (route.scope === 'operator') expect([200, 404, 422]).toContain(status);
    else expect(status).toBe(403);
  });

  test('a request with an unknown query parameter or field is refused, not guessed', async () => {
    const client = route.scope === 'operator' ? api.operator : clients.admin;
    const answer =
      route.body === undefined
        ? await client.call(route.method, `${pathOf(route)}?nonsense=1`)
        : await send(client, route);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer: '/nonsense', code: 'unknown_field' }));
  });
});

test('an id that can be none is not there', async () => {
  for (const path of [
    '/v1/invoices/1',
    '/v1/subscriptions/abc',
    '/v1/billing-runs/%00',
    '/v1/customers/%00',
    `/v1/meters/${'x'.repeat(300)}`,
  ]) {
    expect((await clients.admin.get(path)).body).toMatchObject({ status: 404, code: 'not_found' });
  }
});

test('a cursor of another list, or none at all, is refused', async () => {
  for (const path of [
    '/v1/customers',
    '/v1/meters',
    '/v1/plans',
    '/v1/subscriptions',
    '/v1/invoices',
    '/v1/billing-runs',
    '/v1/api-keys',
  ]) {
    const { status, body } = await clients.admin.get(`${path}?cursor=nonsense`);
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ pointer: '/cursor', in: 'query' })]]);
    for (const limit of ['0', '101', 'ten', '-1', ''])
      expect((await clients.admin.get(`${path}?limit=${limit}`)).status).toBe(422);
  }
  expect((await clients.admin.get('/v1/changes?after=WyIxIiwiOTk5OTk5OTk5OTk5OTk5OTk5OSJd')).status).toBe(422);
});
