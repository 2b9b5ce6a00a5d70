import { type Admin, Kafka, logLevel } from 'kafkajs';

/** One question to a cluster, past the product. */
export async function onKafka<T>(brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Records ever written to a topic. */
export const recordsIn = (brokers: readonly string[], topic: string): Promise<number> =>
  onKafka(brokers, async (admin) =>
    (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0),
  );
