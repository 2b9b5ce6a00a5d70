import type { Required } from '#libs/config/load-config.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import { connectCache, connectDatabase } from '#libs/process/connections.ts';
import type { Running } from '#libs/process/run-process.ts';
import { serve } from '#libs/process/serve.ts';
import { startOrUndo } from '#libs/process/stop-stack.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { batchLimits } from './batch-limits.ts';
import { compatUsageRoutes } from './compat/compat-usage-routes.ts';
import { correctionRoutes } from './corrections-route.ts';
import { eventsRoute } from './events-route.ts';
import { createOrganizationRules } from './organization-rules.ts';

/** Ingest on Kafka, Postgres and Redis. */
export function startIngestProcess(
  config: Required<'DATABASE_URL' | 'KAFKA_BROKERS'>,
  logger: Logger,
): Promise<Running> {
  return startOrUndo(async (stops) => {
    const metrics = createMetrics({ service: 'ingest' });
    const pool = await connectDatabase(config.DATABASE_URL, { role: 'tollbook_api', service: 'ingest', logger });
    stops.push(() => pool.end());
    const log = await createKafkaLog({
      brokers: config.KAFKA_BROKERS.split(','),
      topic: config.TOLLBOOK_TOPIC,
      clientId: 'tollbook-ingest',
      logger,
    });
    stops.push(() => log.close());
    const cache = connectCache(config, logger);
    stops.push(() => cache.close());
    const rulesOf = createOrganizationRules(pool);
    const ingest = { log, cache, metrics, rulesOf, now: Date.now, limits: batchLimits(config) };
    const server = await serve({
      name: 'Tollbook ingest',
      config,
      pool,
      cache,
      logger,
      metrics,
      routes: [
        eventsRoute(ingest),
        ...correctionRoutes({ pool, log, rulesOf, now: Date.now }),
        ...(config.TOLLBOOK_COMPAT === 'on' ? compatUsageRoutes(ingest) : []),
      ],
      health: [
        { name: 'event_log', required: true, check: () => log.check() },
        { name: 'cache', required: false, check: () => cache.check() },
      ],
    });
    stops.push(() => server.close());
  });
}
