import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient as createRedis } from 'redis';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import { type RedisHandle, startRedis } from '#scripts/services/redis.ts';
import { CALLS, calls, expectExact, sendUntilTaken, sumTo } from '../support/calls.ts';
import type { TestClient } from '../support/client.ts';
import { startSystem, type TestSystem, waitForRecords } from '../support/system.ts';

/*
 * Processes die in the middle of their work. Whatever was acknowledged must be counted exactly once in the end; whatever was not is
 * sent again with the same ids, as every client does.
 */

describe.each(['embedded', 'distributed'] as const)('%s mode', (mode) => {
  let system: TestSystem;
  let api: TestClient;
  let ingest: TestClient;

  beforeAll(async () => {
    system = await startSystem(mode);
    ({ api, ingest } = await system.organization({ name: 'Faults' }));
    await api.create('/v1/meters', CALLS);
  }, 120_000);
  afterAll(() => system?.stop(), 30_000);

  test('kill -9 of ingest right after it acknowledged a batch', async () => {
    const { status } = await ingest.post('/v1/events', calls('ingest-dies', 300));
    await system.restart('ingest');
    expect(status).toBe(200);
    await expectExact(api, { events: 300, sum: sumTo(300) });
  });

  test('kill -9 of the aggregator while it works, then the same events again', async () => {
    const events = calls('aggregator-dies', 500);
    await sendUntilTaken(ingest, events);
    await system.restart('aggregator');
    await sendUntilTaken(ingest, events);
    await expectExact(api, { events: 800, sum: sumTo(300) + sumTo(500) });
  });
});

const STEPS = ['keys-inserted', 'events-copied', 'offsets-advanced', 'hourly-upserted', 'committed'];

test.each(['embedded', 'distributed'] as const)(
  '%s mode: killed inside the transaction at one step after the other',
  async (mode) => {
    const system = await startSystem(mode, { faultAt: STEPS[0] as string });
    try {
      const { api, ingest } = await system.organization({ name: 'Faults' });
      await api.create('/v1/meters', CALLS);
      const sending: Promise<void>[] = [];
      for (const [index, step] of STEPS.entries()) {
        // In embedded mode the process that answers is the one that dies; the client tries again.
        sending.push(sendUntilTaken(ingest, calls(step, 200)));
        await system.processes.aggregator.exited;
        await system.restart('aggregator', STEPS[index + 1]);
      }
      await Promise.all(sending);
      await expectExact(api, { events: 200 * STEPS.length, sum: sumTo(200) * STEPS.length });
    } finally {
      await system.stop();
    }
  },
  180_000,
);

describe('embedded mode, its Postgres', () => {
  test('killed while producing: the process leaves, and after a restart everything acknowledged is counted once', async () => {
    const system = await startSystem('embedded');
    try {
      const { api, ingest } = await system.organization({ name: 'Neighbours' });
      await api.create('/v1/meters', CALLS);
      const sending = Array.from({ length: 10 }, (_, i) => sendUntilTaken(ingest, calls(`during-${i}`, 50)));
      await waitForRecords(api, 1);
      process.kill(await system.postgresPid(), 'SIGKILL');
      expect(await system.processes.ingest.exited).toBe(1);
      await system.restart('ingest');
      await Promise.all(sending);
      await expectExact(api, { events: 500, sum: 10 * sumTo(50) });
    } finally {
      await system.stop();
    }
  }, 120_000);
});

describe('distributed mode, its neighbours', () => {
  let kafka: KafkaHandle;
  let redis: RedisHandle;
  let system: TestSystem;
  let api: TestClient;
  let ingest: TestClient;
  let sent = 0;
  let total = 0;

  beforeAll(async () => {
    [kafka, redis] = await Promise.all([startKafka({ nodes: 1 }), startRedis()]);
    system = await startSystem('distributed', {
      brokers: kafka.brokers.join(','),
      redisUrl: redis.url,
      topic: 'usage-events',
    });
    ({ api, ingest } = await system.organization({ name: 'Neighbours' }));
    await api.create('/v1/meters', CALLS);
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await Promise.all([kafka?.stop(), redis?.stop()]);
  }, 60_000);

  const take = async (prefix: string, count: number) => {
    await sendUntilTaken(ingest, calls(prefix, count));
    sent += count;
    total += sumTo(count);
    await expectExact(api, { events: sent, sum: total });
  };

  test('the broker killed while producing: answers stay bounded, nothing is claimed, later retries are exact', async () => {
    await take('before', 100);
    const sending = Array.from({ length: 10 }, (_, i) => sendUntilTaken(ingest, calls(`during-${i}`, 50)));
    await kafka.kill(0);
    const started = Date.now();
    const refused = await ingest.post<{ results: { status: string }[] }>('/v1/events', calls('refused', 3));
    const seconds = (Date.now() - started) / 1000;
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(refused.body.results.map(({ status }) => status)).toEqual(['unavailable', 'unavailable', 'unavailable']);
    // The promise of the API, not a measurement: a caller is never kept longer than this.
    expect(seconds).toBeLessThan(10);
    await kafka.restart(0);
    await Promise.all(sending);
    sent += 500;
    total += 10 * sumTo(50);
    await take('refused', 3);
  }, 120_000);

  test('Redis flushed: replays are still counted once', async () => {
    await take('flushed', 50);
    const client = createRedis({ url: redis.url });
    await client.connect();
    await client.flushAll();
    client.destroy();
    await sendUntilTaken(ingest, calls('flushed', 50));
    await take('after-flush', 20);
  });

  test('Redis stopped: everything works, readiness says so, and it comes back', async () => {
    await redis.kill();
    await take('without-redis', 50);
    const ready = await fetch(`${system.ingestUrl}/health/ready`);
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringMatching(/degraded/)]);
    await redis.restart();
    await take('with-redis', 20);
  });
});
