import type { Required } from '#libs/config/load-config.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import { logEnd } from '#libs/event-log/log-end.ts';
import { readSigningKey } from '#libs/invoicing/chain/read-signing-key.ts';
import { createRenderPool } from '#libs/invoicing/pdf/render-pool.ts';
import { connectDatabase } from '#libs/process/connections.ts';
import type { Running } from '#libs/process/run-process.ts';
import { serve } from '#libs/process/serve.ts';
import { startOrUndo } from '#libs/process/stop-stack.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { startBillingRun } from './start.ts';

/** The billing run on Kafka (whose end is its barrier) and Postgres. */
export function startBillingRunProcess(
  config: Required<'DATABASE_URL' | 'KAFKA_BROKERS'>,
  logger: Logger,
): Promise<Running> {
  return startOrUndo(async (stops) => {
    const metrics = createMetrics({ service: 'billing-run' });
    const pool = await connectDatabase(config.DATABASE_URL, {
      role: 'tollbook_worker',
      service: 'billing-run',
      logger,
    });
    stops.push(() => pool.end());
    const log = await createKafkaLog({
      brokers: config.KAFKA_BROKERS.split(','),
      topic: config.TOLLBOOK_TOPIC,
      clientId: 'tollbook-billing-run',
      logger,
    });
    stops.push(() => log.close());
    const renderer = createRenderPool();
    stops.push(() => renderer.close());
    const signingKey = config.TOLLBOOK_SIGNING_KEY === undefined ? null : readSigningKey(config.TOLLBOOK_SIGNING_KEY);
    if (signingKey === null)
      logger.warn(
        'TOLLBOOK_SIGNING_KEY is not set: chains of invoices are not signed, and a rewritten one cannot be told',
      );
    const billing = await startBillingRun({
      pool,
      signingKey,
      render: renderer.render,
      logEnd: () => logEnd(log),
      logger,
      metrics,
      scheduleMs: config.TOLLBOOK_BILLING_INTERVAL_SECONDS * 1000,
    });
    stops.push(() => billing.stop());
    const server = await serve({
      name: 'Tollbook billing run',
      config,
      pool,
      logger,
      metrics,
      routes: [],
      health: [{ name: 'event_log', required: true, check: () => log.check() }],
    });
    stops.push(() => server.close());
  });
}
