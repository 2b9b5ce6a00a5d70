import type { Required } from '#libs/config/load-config.ts';
import { createDailyTopic } from '#libs/event-log/kafka/daily-topic.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import { createRenderPool } from '#libs/invoicing/pdf/render-pool.ts';
import { connectCache, connectDatabase } from '#libs/process/connections.ts';
import type { Running } from '#libs/process/run-process.ts';
import { serve } from '#libs/process/serve.ts';
import { startOrUndo } from '#libs/process/stop-stack.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { apiRoutes } from './api-routes.ts';
import { compatRoutes } from './compat/compat-routes.ts';
import { startPlanMigrations } from './plan-migrations.ts';

/** The API on Kafka, Postgres and Redis. */
export function startApiProcess(config: Required<'DATABASE_URL' | 'KAFKA_BROKERS'>, logger: Logger): Promise<Running> {
  return startOrUndo(async (stops) => {
    const metrics = createMetrics({ service: 'api' });
    const pool = await connectDatabase(config.DATABASE_URL, { role: 'tollbook_api', service: 'api', logger });
    stops.push(() => pool.end());
    const cache = connectCache(config, logger);
    stops.push(() => cache.close());
    const log = await createKafkaLog({
      brokers: config.KAFKA_BROKERS.split(','),
      topic: config.TOLLBOOK_TOPIC,
      clientId: 'tollbook-api',
      logger,
    });
    stops.push(() => log.close());
    const dailyTopic =
      config.TOLLBOOK_COMPAT === 'on'
        ? createDailyTopic({
            brokers: config.KAFKA_BROKERS.split(','),
            topic: config.TOLLBOOK_DAILY_TOPIC,
            clientId: 'tollbook-daily',
            logger,
          })
        : null;
    if (dailyTopic) stops.push(() => dailyTopic.close());
    const renderer = createRenderPool();
    stops.push(() => renderer.close());
    const { render } = renderer;
    const dependencies = { pool, cache, log, render, dedupeDays: config.TOLLBOOK_DEDUPE_DAYS };
    const migrations = startPlanMigrations(dependencies, logger);
    stops.push(() => migrations.stop());
    const server = await serve({
      name: 'Tollbook API',
      config,
      pool,
      cache,
      logger,
      metrics,
      routes: [...apiRoutes(dependencies), ...(dailyTopic ? compatRoutes({ ...dependencies, dailyTopic }) : [])],
      health: [
        // Only corrections and replays need it.
        { name: 'event_log', required: false, check: () => log.check() },
        { name: 'cache', required: false, check: () => cache.check() },
      ],
    });
    stops.push(() => server.close());
  });
}
