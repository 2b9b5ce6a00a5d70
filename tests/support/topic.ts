import { randomUUID } from 'node:crypto';
import { provisionTopic } from '#libs/event-log/kafka/provision-topic.ts';

/** Makes a topic of its own, as `npm run migrate` would, and returns its name. */
export async function createTestTopic(
  options: { readonly brokers?: readonly string[]; readonly partitions?: number } = {},
): Promise<string> {
  const topic = `test-${randomUUID()}`;
  await provisionTopic({
    brokers: options.brokers ?? testBrokers(),
    topic,
    partitions: options.partitions ?? 4,
    retentionDays: 1,
    // One broker means one copy; for a test that is no news.
    onWarning: () => {},
  });
  return topic;
}

/** The brokers that serve the whole test run. */
export function testBrokers(): string[] {
  const brokers = process.env.TEST_KAFKA_BROKERS;
  if (!brokers)
    throw new Error('TEST_KAFKA_BROKERS is not set: run tests with "npm run jest -- path", which starts the services.');
  return brokers.split(',');
}
