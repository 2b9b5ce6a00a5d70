import type { Logger } from '#libs/telemetry/logger.ts';
import { createAppender } from '../appender.ts';
import type { EventLog, LogSubscription, PartitionBounds } from '../event-log.ts';
import { createKafkaAdmin } from './admin.ts';
import { checkTopic, countPartitions } from './check-topic.ts';
import { createSender } from './sender.ts';
import { subscribeToKafka } from './subscription.ts';

export interface KafkaLogOptions {
  readonly brokers: readonly string[];
  /** Made by `npm run migrate`; this only checks it. */
  readonly topic: string;
  /** Shown in the broker's logs and metrics. */
  readonly clientId: string;
  /** Subscribers of one group share the partitions. */
  readonly groupId?: string;
  readonly appendTimeoutMs?: number;
  /** Memory for records that were not confirmed yet. */
  readonly maxBufferedBytes?: number;
  readonly logger?: Logger;
}

const DEFAULT_APPEND_TIMEOUT_MS = 3_800;
const DEFAULT_BUFFERED_BYTES = 32 * 1024 * 1024;
const SETTLE_WITHIN_MS = 1_500;
const DISCONNECT_WITHIN_MS = 700;

/** The event log in Kafka. @throws Error with one sentence: Kafka away, no such topic, or one with dangerous settings. */
export async function createKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const { brokers, topic, clientId, logger } = options;
  const appendTimeoutMs = options.appendTimeoutMs ?? DEFAULT_APPEND_TIMEOUT_MS;
  const admin = createKafkaAdmin({ brokers, clientId: `${clientId}-admin`, logger });
  const sender = createSender({
    brokers,
    topic,
    clientId: `${clientId}-append`,
    // Shorter than the callers wait, so that a second attempt can still reach a new leader in time.
    requestTimeoutMs: Math.max(1_000, Math.floor(appendTimeoutMs * 0.6)),
    logger,
  });
  const subscriptions = new Set<LogSubscription>();
  let partitions: number;
  try {
    partitions = await admin.ask((client) => checkTopic(client, topic));
    await sender.connect();
  } catch (error) {
    await Promise.all([admin.close(), sender.close(DISCONNECT_WITHIN_MS)]);
    throw error;
  }
  const appender = createAppender({
    partitions: () => partitions,
    send: sender.send,
    appendTimeoutMs,
    maxBufferedBytes: options.maxBufferedBytes ?? DEFAULT_BUFFERED_BYTES,
    onSendFailed: (partition, error) => logger?.warn({ partition, err: error }, 'records were not confirmed by Kafka'),
  });

  const bounds = async (): Promise<PartitionBounds[]> => {
    const offsets = await admin.ask((client) => client.fetchTopicOffsets(topic));
    return offsets
      .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition);
  };
  return {
    append: appender.append,
    bounds,
    async subscribe(subscriber) {
      const subscription = await subscribeToKafka({
        brokers,
        topic,
        clientId: `${clientId}-read`,
        groupId: options.groupId ?? 'tollbook-aggregator',
        subscriber,
        bounds,
        logger,
      });
      subscriptions.add(subscription);
      return subscription;
    },
    async check() {
      const count = await admin.ask((client) => countPartitions(client, topic));
      if (count === undefined)
        throw new Error(`Kafka has no topic ${topic} any more: run "npm run migrate", which creates it.`);
      // Partitions that an operator added are used from here on.
      partitions = count;
    },
    async close() {
      await Promise.all([
        ...[...subscriptions].map((subscription) => subscription.close()),
        appender.close(SETTLE_WITHIN_MS).then(() => sender.close(DISCONNECT_WITHIN_MS)),
      ]);
      await admin.close();
    },
  };
}
