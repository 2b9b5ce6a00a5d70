import { randomBytes } from 'node:crypto';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { bootstrap } from '#libs/catalog/bootstrap/bootstrap.ts';
import { createPostgresLog } from '#libs/event-log/postgres/postgres-log.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import type { Route } from '#libs/http/route.ts';
import { listen } from '#libs/http/server.ts';
import type { Render } from '#libs/invoicing/pdf/render-pool.ts';
import { apiRoutes } from '#services/api/api-routes.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** The API on a real Postgres and a free port, every answer checked against its own schema. */
export async function startTestApi(
  given: {
    readonly now?: () => number;
    readonly dedupeDays?: number;
    readonly render?: Render;
    readonly corsOrigins?: readonly string[];
    readonly trustedProxies?: readonly string[];
    /** Default: a new one. Dropped with stop(). */
    readonly database?: TestDatabase;
  } = {},
) {
  const { database = await createTestDatabase(), corsOrigins = [], trustedProxies = [], ...options } = given;
  const owner = database.pool('owner');
  const pool = database.pool('tollbook_api');
  const cache = createMemoryCache();
  const { operatorKey } = await bootstrap(owner, { random: randomBytes });
  const log = await createPostgresLog({ pool: database.pool('tollbook_worker') });
  const routes: Route[] = apiRoutes({ pool, cache, log, ...options });
  const app = createApp({
    routes,
    authenticate: createAuthenticator({ pool }),
    pool,
    corsOrigins,
    trustedProxies,
    logger: testLogger({ showsErrors: true }),
    health: [],
    checkResponses: true,
  });
  const server = await listen(app, { port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${server.port}`;
  const clientOf = (key: string | undefined) => createTestApiClient(url, key);
  const operator = clientOf(operatorKey as string);
  return {
    url,
    routes,
    owner,
    worker: database.pool('tollbook_worker'),
    pool,
    cache,
    log,
    operator,
    operatorKey: operatorKey as string,
    anonymous: clientOf(undefined),
    clientOf,
    /** A new organization, seen by its admin key. */
    async organization(settings: Record<string, unknown> = {}) {
      const { status, body } = await operator.post('/v1/organizations', { name: 'Test', ...settings });
      if (status !== 201) throw new Error(`no organization: ${JSON.stringify(body)}`);
      return { id: body.id as number, adminKey: body.admin_key as string, api: clientOf(body.admin_key as string) };
    },
    async stop() {
      await server.close();
      await log.close();
      await database.drop();
    },
  };
}

export type TestApi = Awaited<ReturnType<typeof startTestApi>>;

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shapes the server has checked.
  readonly body: any;
  readonly bytes: Buffer;
}

export function createTestApiClient(url: string, key: string | undefined) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestAnswer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(bytes.toString()) : null,
      bytes,
    };
  };
  return {
    call,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    post: (path: string, body: unknown = {}) => call('POST', path, body),
    patch: (path: string, body: unknown) => call('PATCH', path, body),
    delete: (path: string) => call('DELETE', path),
  };
}

export type TestApiClient = ReturnType<typeof createTestApiClient>;
