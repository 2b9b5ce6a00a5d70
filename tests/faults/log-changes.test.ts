import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import { CALLS, calls, expectExact, reconciliationOf, sendUntilTaken, sumTo, usageOf } from '../support/calls.ts';
import type { TestClient } from '../support/client.ts';
import { onKafka, recordsIn } from '../support/kafka-admin.ts';
import { startSystem, type TestSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/* What Kafka remembers is moved or lost behind the aggregator's back. What was applied is known by the database alone. */

const TOPIC = 'usage-events';
let kafka: KafkaHandle;
let system: TestSystem;
let api: TestClient;
let ingest: TestClient;

beforeAll(async () => {
  kafka = await startKafka();
  system = await startSystem('distributed', { brokers: kafka.brokers.join(','), topic: TOPIC });
  ({ api, ingest } = await system.organization({ name: 'Changes' }));
  await api.create('/v1/meters', CALLS);
}, 120_000);
afterAll(async () => {
  await system?.stop();
  await kafka?.stop();
}, 60_000);

test('a consumer group set back by thousands of records changes nothing', async () => {
  const batches = Array.from({ length: 5 }, (_, i) => calls(`old-${i}`, 1_000));
  for (const batch of batches) await sendUntilTaken(ingest, batch);
  const before = { events: 5_000, sum: 5 * sumTo(1_000) };
  await expectExact(api, before);
  const records = await recordsIn(kafka.brokers, TOPIC);
  await system.processes.aggregator.end();
  await onKafka(kafka.brokers, async (admin) => {
    const { groups } = await admin.listGroups();
    for (const { groupId } of groups) await admin.resetOffsets({ groupId, topic: TOPIC, earliest: true });
    expect(groups.length).toBeGreaterThan(0);
  });
  await system.restart('aggregator');
  await sendUntilTaken(ingest, calls('new', 100));
  await expectExact(api, { events: 5_100, sum: before.sum + sumTo(100) });
  // Not even as a duplicate: records below the stored offset are none of its business.
  expect(await reconciliationOf(api)).toMatchObject({ records: records + 100 });
}, 120_000);

test('the topic re-created with lower offsets: it stops and says so; nothing is counted, nothing is taken away', async () => {
  const before = await usageOf(api);
  const known = await reconciliationOf(api);
  await Promise.all([system.processes.aggregator.end(), system.processes.ingest.end()]);
  await onKafka(kafka.brokers, async (admin) => {
    await admin.deleteTopics({ topics: [TOPIC] });
    const configEntries = [
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'retention.ms', value: String(14 * 86_400_000) },
    ];
    // An attempt that was not answered in time may have worked: what counts is that the topic is there, and empty.
    await waitFor(
      async () => {
        await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 4, replicationFactor: 1, configEntries }] });
        const offsets = await admin.fetchTopicOffsets(TOPIC);
        return offsets.length === 4 && offsets.every(({ high }) => high === '0');
      },
      { timeoutMs: 30_000, describe: 'the topic to be made again' },
    );
  });
  await system.restart('ingest');
  await sendUntilTaken(ingest, calls('replaced', 200));
  await system.restart('aggregator');
  await system.processes.aggregator.waitForOutput(/stopped.*an operator has to decide|log was replaced or restored/);
  expect(await usageOf(api)).toEqual(before);
  expect(await reconciliationOf(api)).toEqual(known);
}, 120_000);
