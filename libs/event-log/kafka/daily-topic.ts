import { randomUUID } from 'node:crypto';
import type { DailyTopic } from '#libs/daily-usage/daily-topic.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createKafkaClient, letGo } from './client.ts';
import { createConfirmedProducer } from './confirmed-producer.ts';

/** One partition: the topic has an order, and what was sent is found by reading it. */
export const DAILY_PARTITIONS = 1;

const REQUEST_TIMEOUT_MS = 4_000;
const DISCONNECT_WITHIN_MS = 700;
const READ_WITHIN_MS = 15_000;
/** Shorter than a request may take. */
const LONG_POLL_MS = 500;
const SESSION_MS = 10_000;
/** The first group of a new cluster waits for its coordinator; bounded by READ_WITHIN_MS. */
const READ_RETRIES = 30;

/** Connects with the first use, so that neither a missing topic nor Kafka being away keeps anything from starting. */
export function createDailyTopic(options: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly clientId: string;
  readonly logger?: Logger | undefined;
}): DailyTopic {
  const { topic } = options;
  const client = createKafkaClient({ ...options, requestTimeoutMs: REQUEST_TIMEOUT_MS, retries: 1 });
  const producer = createConfirmedProducer(client, { topic, timeoutMs: REQUEST_TIMEOUT_MS });
  const admin = client.kafka.admin();
  const end = async (): Promise<bigint> => {
    await admin.connect();
    const [partition] = await admin.fetchTopicOffsets(topic);
    if (partition === undefined) throw new Error(`the topic ${topic} has no partition`);
    return BigInt(partition.high);
  };
  return {
    end,
    async keysFrom(offset) {
      const high = await end();
      const keys = new Set<string>();
      if (offset >= high) return keys;
      const groupId = `${options.clientId}-${randomUUID()}`;
      const reader = createKafkaClient({ ...options, requestTimeoutMs: REQUEST_TIMEOUT_MS, retries: READ_RETRIES });
      const consumer = reader.kafka.consumer({
        groupId,
        sessionTimeout: SESSION_MS,
        rebalanceTimeout: SESSION_MS,
        maxWaitTimeInMs: LONG_POLL_MS,
        allowAutoTopicCreation: false,
      });
      try {
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`the topic ${topic} could not be read`)), READ_WITHIN_MS);
          const done = () => {
            clearTimeout(timer);
            resolve();
          };
          consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
          consumer
            .run({
              autoCommit: false,
              eachMessage: async ({ message }) => {
                if (BigInt(message.offset) >= offset && message.key) keys.add(message.key.toString());
                if (BigInt(message.offset) + 1n >= high) done();
              },
            })
            .catch(reject);
          consumer.seek({ topic, partition: 0, offset: offset.toString() });
        });
      } finally {
        await letGo(reader, () => consumer.disconnect(), DISCONNECT_WITHIN_MS);
        // It was only for this reading.
        await admin.deleteGroups([groupId]).catch(() => {});
      }
      return keys;
    },
    publish: (messages) => producer.publish(messages.map(({ key, value }) => ({ key, value }))),
    close: () =>
      letGo(
        client,
        async () => void (await Promise.all([producer.disconnect(), admin.disconnect()])),
        DISCONNECT_WITHIN_MS,
      ),
  };
}
