import type { Logger } from '#libs/telemetry/logger.ts';
import { createKafkaClient, letGo } from './client.ts';
import { createConfirmedProducer } from './confirmed-producer.ts';

/** The topic that shows dead letters to other programs. Nothing in Tollbook reads it. */
export interface DeadLetterTopic {
  /** Resolves once all are durable (acks=all). Rejects when it is not known: publish them again. */
  publish(messages: readonly DeadLetterToPublish[]): Promise<void>;
  close(): Promise<void>;
}

export interface DeadLetterToPublish {
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** One partition: dead letters are rare, and so they keep their order. */
export const DEAD_LETTER_PARTITIONS = 1;
export const deadLetterTopicOf = (topic: string): string => `${topic}-dlq`;

const REQUEST_TIMEOUT_MS = 4_000;
const DISCONNECT_WITHIN_MS = 700;

export function createDeadLetterTopic(options: {
  readonly brokers: readonly string[];
  /** Of the events. */
  readonly topic: string;
  readonly clientId: string;
  readonly logger?: Logger | undefined;
}): DeadLetterTopic {
  const topic = deadLetterTopicOf(options.topic);
  const client = createKafkaClient({ ...options, requestTimeoutMs: REQUEST_TIMEOUT_MS, retries: 1 });
  const producer = createConfirmedProducer(client, { topic, timeoutMs: REQUEST_TIMEOUT_MS });
  return {
    publish: (messages) => producer.publish(messages.map(({ value, headers }) => ({ value, headers: { ...headers } }))),
    close: () => letGo(client, () => producer.disconnect(), DISCONNECT_WITHIN_MS),
  };
}
