import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import { CALLS, calls, expectExact, reconciliationOf, sendUntilTaken, sumTo } from '../support/calls.ts';
import type { TestClient } from '../support/client.ts';
import { onKafka, recordsIn } from '../support/kafka-admin.ts';
import { type KafkaProxy, startKafkaProxy } from '../support/kafka-proxy.ts';
import { startSystem, type TestSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/* The moments around ingest's answer: the log has it and the sender does not know; the sender knows and nobody has read it. */

const TOPIC = 'usage-events';

describe('distributed mode', () => {
  let kafka: KafkaHandle;
  let line: KafkaProxy;
  let system: TestSystem;
  let api: TestClient;
  let ingest: TestClient;

  beforeAll(async () => {
    kafka = await startKafka();
    line = await startKafkaProxy(kafka.brokers);
    system = await startSystem('distributed', {
      brokers: kafka.brokers.join(','),
      topic: TOPIC,
      overrides: { ingest: { KAFKA_BROKERS: line.brokers.join(',') } },
    });
    ({ api, ingest } = await system.organization({ name: 'Windows' }));
    await api.create('/v1/meters', CALLS);
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await Promise.all([line?.close(), kafka?.stop()]);
  }, 60_000);

  test('ingest dies after the log has the events and before it answers', async () => {
    await sendUntilTaken(ingest, calls('first', 10));
    const before = await recordsIn(kafka.brokers, TOPIC);
    line.hold('answers');
    const events = calls('unanswered', 60);
    const answer = ingest.post('/v1/events', { events }).then(
      () => 'answered',
      () => 'no answer',
    );
    await waitFor(async () => (await recordsIn(kafka.brokers, TOPIC)) > before, { describe: 'records in the log' });
    await system.processes.ingest.end('SIGKILL');
    expect(await answer).toBe('no answer');
    line.cut();
    line.mend();
    await system.restart('ingest');
    await sendUntilTaken(ingest, events);
    await expectExact(api, { events: 70, sum: sumTo(10) + sumTo(60) });
    // The window was hit: something of it was in the log twice.
    await waitFor(async () => ((await reconciliationOf(api)).duplicates as number) > 0, { describe: 'duplicates' });
  }, 120_000);

  test('everything dies after the answer, before anybody has read it', async () => {
    await system.processes.aggregator.end('SIGKILL');
    const { status } = await ingest.post('/v1/events', calls('unread', 300));
    expect(status).toBe(200);
    await Promise.all([system.processes.ingest.end('SIGKILL'), kafka.kill()]);
    await kafka.restart();
    await Promise.all([system.restart('ingest'), system.restart('aggregator')]);
    await expectExact(api, { events: 370, sum: sumTo(10) + sumTo(60) + sumTo(300) });
  }, 120_000);

  test('partitions added while events stream in: each is still counted once', async () => {
    const known = { events: 370, sum: sumTo(10) + sumTo(60) + sumTo(300) };
    const batches = Array.from({ length: 40 }, (_, i) => calls(`more-${i}`, 50));
    const sending = (async () => {
      for (const batch of batches) await sendUntilTaken(ingest, batch);
    })();
    await onKafka(kafka.brokers, (admin) => admin.createPartitions({ topicPartitions: [{ topic: TOPIC, count: 9 }] }));
    await sending;
    // New processes know all nine, so the same identities meet other partitions than before.
    await Promise.all([system.restart('ingest'), system.restart('aggregator')]);
    for (const batch of batches) await sendUntilTaken(ingest, batch);
    const offsets = await onKafka(kafka.brokers, (admin) => admin.fetchTopicOffsets(TOPIC));
    expect(offsets.filter(({ partition, high }) => partition >= 4 && Number(high) > 0).length).toBeGreaterThan(0);
    await expectExact(api, { events: known.events + 2_000, sum: known.sum + 40 * sumTo(50) });
    const total = offsets.reduce((sum, { high }) => sum + Number(high), 0);
    await waitFor(async () => (await reconciliationOf(api)).records === total, {
      describe: `all ${total} records to be applied`,
      timeoutMs: 30_000,
    });
    await expectExact(api, { events: known.events + 2_000, sum: known.sum + 40 * sumTo(50) });
  }, 180_000);
});

describe.each(['embedded', 'distributed'] as const)('%s mode, after a pause', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  }, 120_000);
  afterAll(() => system?.stop(), 30_000);

  test('a thousand requests at once are the first of a fresh hour: none is lost', async () => {
    const { api, ingest } = await system.organization({ name: 'Burst' });
    await api.create('/v1/meters', CALLS);
    await sendUntilTaken(ingest, calls('before', 20));
    await expectExact(api, { events: 20, sum: sumTo(20) });
    // No row of this hour is there yet.
    const events = calls('burst', 1_000, new Date(Date.now() - 2 * 3_600_000).toISOString());
    await Promise.all(events.map((event) => sendUntilTaken(ingest, [event])));
    await expectExact(api, { events: 1_020, sum: sumTo(20) + sumTo(1_000) });
  }, 120_000);
});
