import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import { CALLS, calls, expectExact, sendUntilTaken, sumTo } from '../support/calls.ts';
import { onKafka } from '../support/kafka-admin.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/*
 * Three nodes, three copies, two of them in sync: each node leads some partitions. Each is frozen and killed in turn while requests are
 * under way. The client library is known to acknowledge records that it never sent in that case; here answers are compared with counts.
 */

const FROZEN_MS = 6_000;
let kafka: KafkaHandle;
let system: TestSystem;

beforeAll(async () => {
  kafka = await startKafka({ nodes: 3 });
  system = await startSystem('distributed', { brokers: kafka.brokers.join(','), topic: 'usage-events' });
}, 180_000);
afterAll(async () => {
  await system?.stop();
  await kafka?.stop();
}, 60_000);

test('leaders frozen and killed while producing: what was answered is what is counted', async () => {
  const { api, ingest } = await system.organization({ name: 'Three' });
  await api.create('/v1/meters', CALLS);
  const { topics } = await onKafka(kafka.brokers, (admin) => admin.fetchTopicMetadata({ topics: ['usage-events'] }));
  expect(topics[0]?.partitions.every(({ replicas }) => replicas.length === 3)).toBe(true);
  expect(new Set(topics[0]?.partitions.map(({ leader }) => leader)).size).toBeGreaterThan(1);

  let over = false;
  const senders = Array.from({ length: 12 }, async (_, sender) => {
    let batches = 0;
    // Single events and batches: both ways in which the library is known to lie.
    for (; !over; batches += 1) await sendUntilTaken(ingest, calls(`${sender}-${batches}`, sizeOf(sender)));
    return { events: batches * sizeOf(sender), sum: batches * sumTo(sizeOf(sender)) };
  });
  for (const node of [0, 1, 2]) {
    kafka.freeze(node);
    await new Promise((resolve) => setTimeout(resolve, FROZEN_MS));
    kafka.resume(node);
    await kafka.kill(node);
    await kafka.restart(node);
  }
  over = true;
  const sent = await Promise.all(senders);
  const total = sent.reduce((all, each) => ({ events: all.events + each.events, sum: all.sum + each.sum }));
  expect(total.events).toBeGreaterThan(100);
  await expectExact(api, total);
}, 300_000);

const sizeOf = (sender: number): number => (sender < 6 ? 1 : 30);
