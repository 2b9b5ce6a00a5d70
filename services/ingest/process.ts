import type { Required } from '#libs/config/load-config.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { listen } from '#libs/http/server.ts';
import { connectCache, connectDatabase } from '#libs/process/connections.ts';
import type { Running } from '#libs/process/run-process.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { eventsRoute } from './events-route.ts';
import { createOrganizationRules } from './organization-rules.ts';

/** Ingest on Kafka, Postgres and Redis. */
export async function startIngestProcess(
  config: Required<'DATABASE_URL' | 'KAFKA_BROKERS'>,
  logger: Logger,
): Promise<Running> {
  const metrics = createMetrics({ service: 'ingest' });
  const pool = await connectDatabase(config.DATABASE_URL, { role: 'tollbook_api', service: 'ingest', logger });
  const log = await createKafkaLog({
    brokers: config.KAFKA_BROKERS.split(','),
    topic: config.TOLLBOOK_TOPIC,
    clientId: 'tollbook-ingest',
    logger,
  });
  const cache = connectCache(config, logger);
  const app = createApp({
    routes: [eventsRoute({ log, cache, metrics, rulesOf: createOrganizationRules(pool), now: Date.now })],
    authenticate: createAuthenticator({ pool }),
    logger,
    registry: metrics.registry,
    health: [
      { name: 'event_log', required: true, check: () => log.check() },
      { name: 'postgres', required: true, check: async () => void (await pool.query('SELECT 1')) },
      { name: 'cache', required: false, check: () => cache.check() },
    ],
  });
  const server = await listen(app, { port: config.TOLLBOOK_PORT, host: config.TOLLBOOK_HOST });
  console.log(`Tollbook ingest is ready at http://${config.TOLLBOOK_HOST}:${server.port}`);
  return {
    async stop() {
      await server.close();
      await Promise.all([log.close(), cache.close(), pool.end()]);
    },
  };
}
