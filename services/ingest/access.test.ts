import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { listen, type RunningServer } from '#libs/http/server.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { accessCallers, accessPage, type Callers, expectAccess, fillPath } from '#tests/support/access-callers.ts';
import { ACCESS } from '#tests/support/access-entries.ts';
import { createTestApiClient, startTestApi, type TestApi } from '#tests/support/api.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { correctionRoutes } from './corrections-route.ts';
import { eventsRoute } from './events-route.ts';
import { createOrganizationRules } from './organization-rules.ts';

/* Who may send and correct events: the routes of ingest, beside those of services/api/access.test.ts. */

let api: TestApi;
let server: RunningServer;
let callers: Callers;

const routesOn = (given: { pool: TestApi['pool']; log: TestApi['log'] }) => {
  const rulesOf = createOrganizationRules(given.pool);
  const metrics = createMetrics({ service: 'test' });
  const limits = { events: 10, bytes: 10_000 };
  return [
    eventsRoute({ ...given, cache: createMemoryCache(), metrics, rulesOf, now: Date.now, limits }),
    ...correctionRoutes({ ...given, rulesOf, now: Date.now }),
  ];
};

beforeAll(async () => {
  api = await startTestApi();
  const { pool, log } = api;
  const app = createApp({
    routes: routesOn({ pool, log }),
    authenticate: createAuthenticator({ pool }),
    logger: testLogger(),
    health: [],
    pool,
  });
  server = await listen(app, { port: 0, host: '127.0.0.1' });
  callers = await accessCallers(
    api,
    (key) => createTestApiClient(`http://127.0.0.1:${server.port}`, key),
    api.operatorKey,
  );
});
afterAll(async () => {
  await server?.close();
  await api?.stop();
});

const routes = routesOn({ pool: undefined as never, log: undefined as never });

test('every route is in the list of whom it serves', () => {
  const listed = Object.keys(ACCESS).filter((name) => ACCESS[name] === 'events write');
  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(listed.sort());
});

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  test('opens to exactly those who are to come in', async () => {
    const page = await accessPage();
    await expectAccess(route, callers, page, (client) =>
      client.call(route.method, fillPath(route, { id: uuidv7(1) }), { nonsense: true }),
    );
  });
});
