import path from 'node:path';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import type { Config } from '#libs/config/settings.ts';
import { startEmbeddedServer } from '#libs/database/embedded-server.ts';
import { migrate } from '#libs/database/migrate.ts';
import { createPool } from '#libs/database/pool.ts';
import { logEnd } from '#libs/event-log/log-end.ts';
import { createPostgresLog } from '#libs/event-log/postgres/postgres-log.ts';
import { createRenderPool } from '#libs/invoicing/pdf/render-pool.ts';
import type { ApplyStep } from '#libs/metering/apply/apply-batch.ts';
import { announceKeys } from '#libs/process/announce-keys.ts';
import { giveWay } from '#libs/process/give-way.ts';
import type { Running } from '#libs/process/run-process.ts';
import { serve } from '#libs/process/serve.ts';
import { type StopStack, startOrUndo } from '#libs/process/stop-stack.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { retentionOf } from '#services/aggregator/housekeeping.ts';
import { startAggregator } from '#services/aggregator/start.ts';
import { apiRoutes } from '#services/api/api-routes.ts';
import { compatRoutes } from '#services/api/compat/compat-routes.ts';
import { startPlanMigrations } from '#services/api/plan-migrations.ts';
import { startBillingRun } from '#services/billing-run/start.ts';
import { batchLimits } from '#services/ingest/batch-limits.ts';
import { compatUsageRoutes } from '#services/ingest/compat/compat-usage-routes.ts';
import { correctionRoutes } from '#services/ingest/corrections-route.ts';
import { eventsRoute } from '#services/ingest/events-route.ts';
import { createOrganizationRules } from '#services/ingest/organization-rules.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { startRetention } from './retention.ts';
import { embeddedSigningKey } from './signing-key.ts';

const POSTGRES_SETTINGS = {
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  max_connections: '60',
  // Helper processes that one machine with one user does without.
  io_method: 'sync',
  max_logical_replication_workers: '0',
  log_min_messages: 'warning',
};

/** Everything in one process. `checkpoint` is for fault tests. */
export function startEmbedded(
  config: Config,
  logger: Logger,
  checkpoint?: (step: ApplyStep) => Promise<void>,
): Promise<Running> {
  return startOrUndo(async (stops) => {
    const connectionString = await startDatabase(config, logger, stops);
    const openPool = (role: 'owner' | 'tollbook_api' | 'tollbook_worker', max: number) => {
      const onIdleError = (error: Error) => logger.warn({ reason: error.message }, 'an idle database connection broke');
      const pool = createPool({ connectionString, role, applicationName: 'tollbook', max, onIdleError });
      stops.push(() => pool.end());
      return pool;
    };
    const owner = openPool('owner', 2);
    const api = openPool('tollbook_api', 10);
    const worker = openPool('tollbook_worker', 12);

    const metrics = createMetrics({ service: 'embedded' });
    const cache = createMemoryCache();
    // A pool of its own: what waits for a row must not keep the log from its connections.
    const log = await createPostgresLog({ pool: openPool('tollbook_worker', 10), logger });
    stops.push(() => log.close());
    const aggregator = await startAggregator({
      pool: worker,
      log,
      cache,
      logger,
      metrics,
      retention: retentionOf(config),
      ...(checkpoint && { checkpoint }),
    });
    stops.push(() => aggregator.stop());
    const scheduleMs = config.TOLLBOOK_BILLING_INTERVAL_SECONDS * 1000;
    const signingKey = await embeddedSigningKey(path.resolve(config.TOLLBOOK_DATA_DIR), config.TOLLBOOK_SIGNING_KEY);
    const renderer = createRenderPool();
    stops.push(() => renderer.close());
    const { render } = renderer;
    const billing = await startBillingRun({
      pool: worker,
      logEnd: () => logEnd(log),
      render,
      logger,
      metrics,
      scheduleMs,
      signingKey,
      // Ingest lives on the same thread: shorter turns, and a rest between them while it has much to do.
      chunkSize: 100,
      giveWay,
    });
    stops.push(() => billing.stop());
    stops.push(startRetention({ log, pool: worker, days: config.TOLLBOOK_LOG_RETENTION_DAYS, logger }));

    const apiDependencies = { pool: api, cache, log, render, dedupeDays: config.TOLLBOOK_DEDUPE_DAYS };
    const migrations = startPlanMigrations(apiDependencies, logger);
    stops.push(() => migrations.stop());
    const rulesOf = createOrganizationRules(api);
    const ingest = { log, cache, metrics, rulesOf, now: Date.now, limits: batchLimits(config) };
    const server = await serve({
      name: 'Tollbook',
      config,
      pool: api,
      logger,
      metrics,
      onListening: () => announceKeys(owner, config, console.log),
      routes: [
        ...apiRoutes(apiDependencies),
        eventsRoute(ingest),
        ...correctionRoutes({ pool: api, log, rulesOf, now: Date.now }),
        ...(config.TOLLBOOK_COMPAT === 'on'
          ? [...compatRoutes({ ...apiDependencies, dailyTopic: null }), ...compatUsageRoutes(ingest)]
          : []),
      ],
      health: [
        { name: 'event_log', required: true, check: () => log.check() },
        { name: 'partitions', required: true, check: () => aggregator.check() },
      ],
    });
    stops.push(() => server.close());
  });
}

/** The data directory locked, its Postgres started and migrated. Returns the owner's address. */
async function startDatabase(config: Config, logger: Logger, stops: StopStack): Promise<string> {
  const dataDir = path.resolve(config.TOLLBOOK_DATA_DIR);
  stops.push(await lockDataDir(dataDir));
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
  stops.push(() => postgres.stop());
  await migrate(postgres.connectionString, (migration) => logger.info({ migration }, 'migrated'));
  return postgres.connectionString;
}
