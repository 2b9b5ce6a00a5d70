import type { Cache } from '#libs/cache/cache.ts';
import type { Config } from '#libs/config/settings.ts';
import type { Pool } from '#libs/database/pool.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { createKeyUses } from '#libs/http/create-key-uses.ts';
import type { HealthCheck } from '#libs/http/health.ts';
import { createRateLimiter } from '#libs/http/rate-limit.ts';
import type { Route } from '#libs/http/route.ts';
import { listen, type RunningServer } from '#libs/http/server.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import type { Metrics } from '#libs/telemetry/metrics.ts';
import { startLoop } from './start-loop.ts';

const WRITE_KEY_USES_MS = 60_000;

/** The HTTP side that every process has: its routes, health and metrics. Says where it is ready on standard output. */
export async function serve(options: {
  /** As people call it: 'Tollbook', 'Tollbook ingest'. */
  readonly name: string;
  readonly config: Pick<
    Config,
    | 'TOLLBOOK_PORT'
    | 'TOLLBOOK_HOST'
    | 'TOLLBOOK_CORS_ORIGINS'
    | 'TOLLBOOK_TRUSTED_PROXIES'
    | 'TOLLBOOK_MAX_CONNECTIONS'
    | 'TOLLBOOK_INGEST_REQUESTS_PER_MINUTE'
    | 'TOLLBOOK_MANAGEMENT_REQUESTS_PER_MINUTE'
    | 'TOLLBOOK_CUSTOMER_REQUESTS_PER_MINUTE'
  >;
  /** Where requests are counted with those of other processes; in this one alone if left out. */
  readonly cache?: Cache;
  /** For looking up keys, and asked by readiness. */
  readonly pool: Pool;
  readonly routes: readonly Route[];
  readonly health: readonly HealthCheck[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Done once the port is ours and before readiness is told. */
  readonly onListening?: () => Promise<void>;
}): Promise<RunningServer> {
  const { config, pool, logger, metrics } = options;
  const uses = createKeyUses(pool);
  const app = createApp({
    routes: options.routes,
    authenticate: createAuthenticator({ pool, onUse: uses.note }),
    pool,
    corsOrigins: config.TOLLBOOK_CORS_ORIGINS?.split(',') ?? [],
    trustedProxies: config.TOLLBOOK_TRUSTED_PROXIES?.split(',') ?? [],
    rateLimiter: createRateLimiter({
      perMinute: {
        ingest: config.TOLLBOOK_INGEST_REQUESTS_PER_MINUTE,
        management: config.TOLLBOOK_MANAGEMENT_REQUESTS_PER_MINUTE,
        customer: config.TOLLBOOK_CUSTOMER_REQUESTS_PER_MINUTE,
      },
      cache: options.cache,
    }),
    logger,
    registry: metrics.registry,
    health: [
      { name: 'postgres', required: true, check: async () => void (await pool.query('SELECT 1')) },
      ...options.health,
    ],
  });
  const server = await listen(app, {
    port: config.TOLLBOOK_PORT,
    host: config.TOLLBOOK_HOST,
    maxConnections: config.TOLLBOOK_MAX_CONNECTIONS,
    onRefused: () => metrics.refusedConnections.inc(),
  });
  await options.onListening?.().catch(async (error) => {
    await server.close();
    throw error;
  });
  const onError = (err: unknown) => logger.warn({ err }, 'when keys were used last is not written; trying again');
  const writing = startLoop({ pauseMs: WRITE_KEY_USES_MS, work: uses.write, onError });
  console.log(`${options.name} is ready at http://${config.TOLLBOOK_HOST}:${server.port}`);
  return {
    port: server.port,
    async close() {
      await server.close();
      await writing.stop();
      await uses.write().catch(onError);
    },
  };
}
