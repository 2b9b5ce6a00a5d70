import type { Message } from 'kafkajs';
import type { createKafkaClient } from './client.ts';

const ALL_REPLICAS = -1;

/** Writes to the only partition of a topic. Connects with the first message, so that neither a missing topic nor Kafka being away keeps anything from starting. */
export interface ConfirmedProducer {
  /** Resolves once all are durable (acks=all). Rejects when it is not known: publish them again. */
  publish(messages: readonly Omit<Message, 'partition'>[]): Promise<void>;
  disconnect(): Promise<void>;
}

export function createConfirmedProducer(
  { kafka }: ReturnType<typeof createKafkaClient>,
  { topic, timeoutMs }: { readonly topic: string; readonly timeoutMs: number },
): ConfirmedProducer {
  const producer = kafka.producer({ idempotent: false, allowAutoTopicCreation: false });
  return {
    async publish(messages) {
      // Does nothing while it is connected.
      await producer.connect();
      const answers = await producer.send({
        topic,
        acks: ALL_REPLICAS,
        timeout: timeoutMs,
        messages: messages.map((message) => ({ ...message, partition: 0 })),
      });
      // Without a leader kafkajs sends nothing and resolves with no answers.
      const [answer] = answers;
      if (answers.length !== 1 || answer?.errorCode !== 0 || !/^\d+$/.test(answer.baseOffset ?? ''))
        throw new Error(`the topic ${topic} was not confirmed by its leader`);
    },
    disconnect: () => producer.disconnect(),
  };
}
