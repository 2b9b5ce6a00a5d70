import { randomUUID } from 'node:crypto';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { waitFor } from './wait-for.ts';

/** Reads a topic from its beginning, as another program would, until `enough` says so. */
export async function readTopic(
  brokers: readonly string[],
  topic: string,
  enough: (messages: readonly KafkaMessage[]) => boolean,
): Promise<KafkaMessage[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: randomUUID() });
  const messages: KafkaMessage[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
    await waitFor(() => enough(messages), {
      timeoutMs: 60_000,
      describe: () => `more than ${messages.length} messages in ${topic}`,
    });
  } finally {
    await consumer.disconnect();
  }
  return messages;
}
