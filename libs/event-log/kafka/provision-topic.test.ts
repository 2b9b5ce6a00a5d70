import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import kafkajs, { type Admin, Kafka, logLevel } from 'kafkajs';
import { freePorts } from '#scripts/services/free-ports.ts';
import { testBrokers } from '#tests/support/topic.ts';
import { createKafkaLog } from './kafka-log.ts';
import { provisionTopic } from './provision-topic.ts';

const brokers = testBrokers();
const provision = (topic: string, warnings: string[], partitions = 3) =>
  provisionTopic({ brokers, topic, partitions, retentionDays: 14, onWarning: (message) => warnings.push(message) });

async function withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  return work(admin).finally(() => admin.disconnect());
}

const createWith = (topic: string, settings: Record<string, string>) =>
  withAdmin((admin) =>
    admin.createTopics({
      topics: [
        { topic, numPartitions: 1, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })) },
      ],
      waitForLeaders: true,
    }),
  );

test('creates the topic with arrival times, explicit retention and no compaction, and warns of the single copy', async () => {
  const topic = `provision-${randomUUID()}`;
  const warnings: string[] = [];
  await provision(topic, warnings);
  const { resources } = await withAdmin((admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    }),
  );
  const settings = Object.fromEntries(
    (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
  );
  expect(settings).toMatchObject({
    'message.timestamp.type': 'LogAppendTime',
    'retention.ms': String(14 * 86_400_000),
    'cleanup.policy': 'delete',
    'min.insync.replicas': '1',
  });
  expect(warnings).toEqual([expect.stringMatching(/ONE copy.*3 brokers/)]);
});

test('a topic that exists is checked and left as it is', async () => {
  const topic = `provision-${randomUUID()}`;
  await provision(topic, []);
  const warnings: string[] = [];
  await provision(topic, warnings);
  expect(warnings).toEqual([]);
  await provision(topic, warnings, 5);
  expect(warnings).toEqual([`the topic ${topic} has 3 partitions, not 5; it is left as it is`]);
});

test('two that provision at once both succeed', async () => {
  const topic = `provision-${randomUUID()}`;
  await Promise.all([provision(topic, []), provision(topic, []), provision(topic, [])]);
});

test.each([
  ['message.timestamp.type', 'CreateTime', /message\.timestamp\.type=CreateTime; it must be LogAppendTime/],
  ['cleanup.policy', 'compact', /cleanup\.policy=compact; it must be delete/],
])('a topic with %s=%s is refused, by provisioning and by the log', async (name, value, message) => {
  const topic = `provision-${randomUUID()}`;
  await createWith(topic, { 'message.timestamp.type': 'LogAppendTime', [name]: value });
  await expect(provision(topic, [])).rejects.toThrow(message);
  await expect(createKafkaLog({ brokers, topic, clientId: 'test' })).rejects.toThrow(message);
});

test('the log refuses a missing topic and names the command that makes it', async () => {
  await expect(createKafkaLog({ brokers, topic: 'nobody-made-this', clientId: 'test' })).rejects.toThrow(
    'Kafka has no topic nobody-made-this: run "npm run migrate", which creates it.',
  );
});

test('brokers that are not there are named in one sentence', async () => {
  const [port] = await freePorts(1);
  const nowhere = [`127.0.0.1:${port}`];
  const sentence = new RegExp(`^Kafka does not answer at 127\\.0\\.0\\.1:${port} .*KAFKA_BROKERS`);
  await expect(createKafkaLog({ brokers: nowhere, topic: 'usage-events', clientId: 'test' })).rejects.toThrow(sentence);
  await expect(
    provisionTopic({ brokers: nowhere, topic: 'usage-events', partitions: 1, retentionDays: 1, onWarning: () => {} }),
  ).rejects.toThrow(sentence);
});
