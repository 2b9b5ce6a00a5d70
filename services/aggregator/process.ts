import type { Required } from '#libs/config/load-config.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { listen } from '#libs/http/server.ts';
import type { ApplyStep } from '#libs/metering/apply/apply-batch.ts';
import { connectCache, connectDatabase } from '#libs/process/connections.ts';
import type { Running } from '#libs/process/run-process.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { startAggregator } from './start.ts';

/** The aggregator on Kafka, Postgres and Redis. `checkpoint` is for fault tests. */
export async function startAggregatorProcess(
  config: Required<'DATABASE_URL' | 'KAFKA_BROKERS'>,
  logger: Logger,
  checkpoint?: (step: ApplyStep) => Promise<void>,
): Promise<Running> {
  const metrics = createMetrics({ service: 'aggregator' });
  const pool = await connectDatabase(config.DATABASE_URL, { role: 'tollbook_worker', service: 'aggregator', logger });
  const log = await createKafkaLog({
    brokers: config.KAFKA_BROKERS.split(','),
    topic: config.TOLLBOOK_TOPIC,
    clientId: 'tollbook-aggregator',
    groupId: `tollbook-aggregator-${config.TOLLBOOK_TOPIC}`,
    logger,
  });
  const cache = connectCache(config, logger);
  const aggregator = await startAggregator({ pool, log, cache, logger, metrics, ...(checkpoint && { checkpoint }) });
  const app = createApp({
    routes: [],
    authenticate: createAuthenticator({ pool }),
    logger,
    registry: metrics.registry,
    health: [
      { name: 'event_log', required: true, check: () => log.check() },
      { name: 'partitions', required: true, check: () => aggregator.check() },
      { name: 'postgres', required: true, check: async () => void (await pool.query('SELECT 1')) },
      { name: 'cache', required: false, check: () => cache.check() },
    ],
  });
  const server = await listen(app, { port: config.TOLLBOOK_PORT, host: config.TOLLBOOK_HOST });
  console.log(`Tollbook aggregator is ready at http://${config.TOLLBOOK_HOST}:${server.port}`);
  return {
    async stop() {
      await server.close();
      await aggregator.stop();
      await Promise.all([log.close(), cache.close(), pool.end()]);
    },
  };
}
