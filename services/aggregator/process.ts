import type { Required } from '#libs/config/load-config.ts';
import { createDeadLetterTopic } from '#libs/event-log/kafka/dead-letter-topic.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import type { ApplyStep } from '#libs/metering/apply/apply-batch.ts';
import { connectCache, connectDatabase } from '#libs/process/connections.ts';
import type { Running } from '#libs/process/run-process.ts';
import { serve } from '#libs/process/serve.ts';
import { startOrUndo } from '#libs/process/stop-stack.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { retentionOf } from './housekeeping.ts';
import { startAggregator } from './start.ts';

/** The aggregator on Kafka, Postgres and Redis. `checkpoint` is for fault tests. */
export function startAggregatorProcess(
  config: Required<'DATABASE_URL' | 'KAFKA_BROKERS'>,
  logger: Logger,
  checkpoint?: (step: ApplyStep) => Promise<void>,
): Promise<Running> {
  return startOrUndo(async (stops) => {
    const metrics = createMetrics({ service: 'aggregator' });
    const pool = await connectDatabase(config.DATABASE_URL, { role: 'tollbook_worker', service: 'aggregator', logger });
    stops.push(() => pool.end());
    const cache = connectCache(config, logger);
    stops.push(() => cache.close());
    const kafka = { brokers: config.KAFKA_BROKERS.split(','), topic: config.TOLLBOOK_TOPIC };
    const log = await createKafkaLog({
      ...kafka,
      clientId: 'tollbook-aggregator',
      groupId: `tollbook-aggregator-${config.TOLLBOOK_TOPIC}`,
      logger,
    });
    stops.push(() => log.close());
    const deadLetterTopic = createDeadLetterTopic({ ...kafka, clientId: 'tollbook-aggregator-dlq', logger });
    stops.push(() => deadLetterTopic.close());
    const aggregator = await startAggregator({
      pool,
      log,
      cache,
      logger,
      metrics,
      deadLetterTopic,
      retention: retentionOf(config),
      ...(checkpoint && { checkpoint }),
    });
    stops.push(() => aggregator.stop());
    const server = await serve({
      name: 'Tollbook aggregator',
      config,
      pool,
      logger,
      metrics,
      routes: [],
      health: [
        { name: 'event_log', required: true, check: () => log.check() },
        { name: 'partitions', required: true, check: () => aggregator.check() },
        { name: 'cache', required: false, check: () => cache.check() },
      ],
    });
    stops.push(() => server.close());
  });
}
