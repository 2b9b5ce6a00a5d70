import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { Route } from '#libs/http/route.ts';
import { accessCallers, accessPage, type Callers, expectAccess, fillPath } from '#tests/support/access-callers.ts';
import { ACCESS } from '#tests/support/access-entries.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { apiRoutes } from './api-routes.ts';

/* Who may do what, for every route that there is: the list is the one that is mounted. */

const routes = apiRoutes({ pool: undefined as never, cache: createMemoryCache(), log: undefined as never });
const named = routes
  .filter(({ scope }) => scope !== 'public')
  .map((route) => [`${route.method} ${route.path}`, route] as const);

let api: TestApi;
let callers: Callers;
let admin: TestApiClient;
let page: Awaited<ReturnType<typeof accessPage>>;

beforeAll(async () => {
  api = await startTestApi();
  callers = await accessCallers(api, api.clientOf, api.operatorKey);
  admin = callers.keys['scope admin'] as TestApiClient;
  page = await accessPage();
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
const pathOf = (route: Route) =>
  fillPath(route, route.path === '/v1/organizations/{id}' ? { id: '999999999' } : PARAMETERS);
const send = (client: TestApiClient, route: Route) =>
  client.call(route.method, pathOf(route), route.body === undefined ? undefined : { nonsense: true });

test('every route is in the list of whom it serves, and the list holds nothing else', () => {
  const own = routes.map(({ method, path }) => `${method} ${path}`);
  const listed = Object.keys(ACCESS).filter((name) => ACCESS[name] !== 'events write');
  expect(own.sort()).toEqual(listed.sort());
});

test('few are public', () => {
  const isPublic = routes.filter(({ scope }) => scope === 'public').map(({ path }) => path);
  expect(isPublic.sort()).toEqual([
    '/.well-known/jwks.json',
    '/docs',
    '/docs/errors',
    '/docs/errors/{code}',
    '/openapi.json',
  ]);
  for (const path of isPublic) expect(ACCESS[`GET ${path}`]).toBe('public');
});

test('the page names every role and scope', () => {
  expect(Object.keys(page).sort()).toEqual(Object.keys(callers.keys).sort());
});

describe.each(named)('%s', (_name, route) => {
  test('opens to exactly those who are to come in', () =>
    expectAccess(route, callers, page, (client) => send(client, route)));

  test('a request with an unknown query parameter or field is refused, not guessed', async () => {
    const client = route.scope === 'operator' ? api.operator : admin;
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
    expect((await admin.get(path)).body).toMatchObject({ status: 404, code: 'not_found' });
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
    const { status, body } = await admin.get(`${path}?cursor=nonsense`);
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ pointer: '/cursor', in: 'query' })]]);
    for (const limit of ['0', '101', 'ten', '-1', ''])
      expect((await admin.get(`${path}?limit=${limit}`)).status).toBe(422);
  }
  expect((await admin.get('/v1/changes?after=WyIxIiwiOTk5OTk5OTk5OTk5OTk5OTk5OSJd')).status).toBe(422);
});
