import type { Logger } from '#libs/telemetry/logger.ts';
import { createKafkaClient, letGo } from './client.ts';

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

const ALL_REPLICAS = -1;
const REQUEST_TIMEOUT_MS = 4_000;
const DISCONNECT_WITHIN_MS = 700;

/** Connects with the first message, so that neither a missing topic nor Kafka being away keeps anything from starting. */
export function createDeadLetterTopic(options: {
  readonly brokers: readonly string[];
  /** Of the events. */
  readonly topic: string;
  readonly clientId: string;
  readonly logger?: Logger | undefined;
}): DeadLetterTopic {
  const topic = deadLetterTopicOf(options.topic);
  const client = createKafkaClient({ ...options, requestTimeoutMs: REQUEST_TIMEOUT_MS, retries: 1 });
  const producer = client.kafka.producer({ idempotent: false, allowAutoTopicCreation: false });
  return {
    async publish(messages) {
      // Does nothing while it is connected.
      await producer.connect();
      const answers = await producer.send({
        topic,
        acks: ALL_REPLICAS,
        timeout: REQUEST_TIMEOUT_MS,
        messages: messages.map(({ value, headers }) => ({ partition: 0, value, headers: { ...headers } })),
      });
      // Without a leader kafkajs sends nothing and resolves with no answers.
      const [answer] = answers;
      if (answers.length !== 1 || answer?.errorCode !== 0 || !/^\d+$/.test(answer.baseOffset ?? ''))
        throw new Error(`the topic ${topic} was not confirmed by its leader`);
    },
    close: () => letGo(client, () => producer.disconnect(), DISCONNECT_WITHIN_MS),
  };
}
