import path from 'node:path';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import type { Config } from '#libs/config/settings.ts';
import { startEmbeddedServer } from '#libs/database/embedded-server.ts';
import { migrate } from '#libs/database/migrate.ts';
import { createPool } from '#libs/database/pool.ts';
import { createPostgresLog } from '#libs/event-log/postgres/postgres-log.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { listen } from '#libs/http/server.ts';
import type { ApplyStep } from '#libs/metering/apply/apply-batch.ts';
import type { Running } from '#libs/process/run-process.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { startAggregator } from '#services/aggregator/start.ts';
import { announceKeys } from '#services/api/announce-keys.ts';
import { apiRoutes } from '#services/api/routes.ts';
import { startBillingRun } from '#services/billing-run/start.ts';
import { eventsRoute } from '#services/ingest/events-route.ts';
import { createOrganizationRules } from '#services/ingest/organization-rules.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { startRetention } from './retention.ts';

const POSTGRES_SETTINGS = {
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  max_connections: '60',
  log_min_messages: 'warning',
};

/** Everything in one process. `checkpoint` is for fault tests. */
export async function startEmbedded(
  config: Config,
  logger: Logger,
  checkpoint?: (step: ApplyStep) => Promise<void>,
): Promise<Running> {
  // Stopped from the last to the first, also when a later one does not start.
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    await startAll(config, logger, checkpoint, (each) => void stops.push(each));
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  config: Config,
  logger: Logger,
  checkpoint: ((step: ApplyStep) => Promise<void>) | undefined,
  onStop: (stop: () => Promise<unknown>) => void,
): Promise<void> {
  const dataDir = path.resolve(config.TOLLBOOK_DATA_DIR);
  onStop(await lockDataDir(dataDir));
  const postgres = await startEmbeddedServer({
    directory: path.join(dataDir, 'postgres'),
    settings: POSTGRES_SETTINGS,
    onLog: (line) => logger.debug(line),
    onExit(reason) {
      // Nothing works without it, and all that was acknowledged is safe in it: leave, and let the next start recover.
      logger.fatal(reason);
      process.exit(1);
    },
  });
  onStop(() => postgres.stop());
  await migrate(postgres.connectionString, (name) => logger.info({ migration: name }, 'migrated'));

  const openPool = (role: 'owner' | 'tollbook_api' | 'tollbook_worker', max: number) => {
    const pool = createPool({
      connectionString: postgres.connectionString,
      role,
      applicationName: 'tollbook',
      max,
      onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
    });
    onStop(() => pool.end());
    return pool;
  };
  const owner = openPool('owner', 2);
  const api = openPool('tollbook_api', 10);
  const worker = openPool('tollbook_worker', 12);
  const logPool = openPool('tollbook_worker', 8);

  const metrics = createMetrics({ service: 'embedded' });
  const cache = createMemoryCache();
  const log = await createPostgresLog({ pool: logPool, logger });
  onStop(() => log.close());
  const aggregator = await startAggregator({
    pool: worker,
    log,
    cache,
    logger,
    metrics,
    ...(checkpoint && { checkpoint }),
  });
  onStop(() => aggregator.stop());
  const billing = await startBillingRun({
    pool: worker,
    logEnd: () => logEnd(log),
    logger,
    scheduleMs: config.TOLLBOOK_BILLING_INTERVAL_SECONDS * 1000,
  });
  onStop(() => billing.stop());
  onStop(startRetention({ log, pool: worker, days: config.TOLLBOOK_LOG_RETENTION_DAYS, logger }));

  const app = createApp({
    routes: [
      ...apiRoutes({ pool: api, cache }),
      eventsRoute({ log, cache, metrics, rulesOf: createOrganizationRules(api), now: Date.now }),
    ],
    authenticate: createAuthenticator({ pool: api }),
    logger,
    registry: metrics.registry,
    health: [
      { name: 'postgres', required: true, check: async () => void (await api.query('SELECT 1')) },
      { name: 'event_log', required: true, check: () => log.check() },
      { name: 'partitions', required: true, check: () => aggregator.check() },
    ],
  });
  await announceKeys(owner, config, console.log);
  const server = await listen(app, { port: config.TOLLBOOK_PORT, host: config.TOLLBOOK_HOST });
  onStop(() => server.close());
  console.log(`Tollbook is ready at http://${config.TOLLBOOK_HOST}:${server.port}`);
}

async function logEnd(log: { bounds(): Promise<{ partition: number; high: bigint }[]> }): Promise<Map<number, bigint>> {
  return new Map((await log.bounds()).map(({ partition, high }) => [partition, high]));
}
