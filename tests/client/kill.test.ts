import { afterEach, describe, expect, test } from '@jest/globals';
import { createTollbook } from '#client/src/index.ts';
import { CALLS, calls, expectExact, sumTo } from '#tests/support/calls.ts';
import { startSystem, type TestSystem } from '#tests/support/system.ts';

/* kill -9 of the server while the client's queue streams events: each is decided once, and counted once. */

const EVENTS = 3000;
let system: TestSystem;
afterEach(() => system?.stop(), 30_000);

describe.each(['embedded', 'distributed'] as const)('%s mode', (mode) => {
  test('killed twice in mid stream: nothing lost, nothing doubled', async () => {
    system = await startSystem(mode);
    const { api, adminKey } = await system.organization({ name: 'Killed' });
    await api.create('/v1/meters', CALLS);
    const decided = new Map<string, number>();
    const refused: unknown[] = [];
    const restarts: Promise<void>[] = [];
    let retries = 0;
    let retriesAtRestart = 0;
    const { events } = createTollbook({
      url: system.apiUrl,
      ingestUrl: system.ingestUrl,
      apiKey: adminKey,
      timeoutMs: 10_000,
      events: {
        batchEvents: 50,
        batchMs: 5,
        maxEvents: 300,
        onDecided({ id }) {
          decided.set(id, (decided.get(id) ?? 0) + 1);
          // While other batches are under way, so that some answers are lost behind their effect.
          const isTime = decided.size === 500 || decided.size === 1700;
          if (isTime && restarts.length < 2) restarts.push(system.restart('ingest'));
        },
        onRefused: (event, result) => refused.push([event, result]),
        onRetry: () => {
          retries += 1;
          if (restarts.length === 1) retriesAtRestart = retries;
        },
      },
    });
    const sent = calls('killed', EVENTS);
    for (const event of sent) {
      await events.add(event);
      expect(events.size).toBeLessThanOrEqual(300);
    }
    await events.flush();
    await Promise.all(restarts);
    expect(await events.close()).toEqual({ undecided: [] });
    expect([restarts.length, refused, retriesAtRestart > 0]).toEqual([2, [], true]);
    expect([decided.size, Math.max(...decided.values())]).toEqual([EVENTS, 1]);
    await expectExact(api, { events: EVENTS, sum: sumTo(EVENTS) });
  }, 180_000);
});
