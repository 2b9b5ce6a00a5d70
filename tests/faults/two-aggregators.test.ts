import { expect, test } from '@jest/globals';
import { CALLS, calls, expectExact, sendUntilTaken, sumTo, usageOf } from '../support/calls.ts';
import { startProcess } from '../support/process.ts';
import { startSystem } from '../support/system.ts';

/*
 * An aggregator is frozen in the middle of its work, longer than the group keeps it. A second one gets its partitions and the same
 * records; then the first one wakes up and goes on where it was. The database decides: nothing is lost, nothing counts twice.
 */

test.each(['keys-inserted', 'hourly-upserted', 'committed'])(
  'frozen at %s while a second one takes over and a meter is created',
  async (step) => {
    const system = await startSystem('distributed', { faultAt: step, faultSignal: 'SIGSTOP' });
    const frozen = system.processes.aggregator;
    let second: ReturnType<typeof startProcess> | undefined;
    try {
      const { api, ingest } = await system.organization({ name: 'Two' });
      await api.create('/v1/meters', CALLS);
      await sendUntilTaken(ingest, calls('before', 300));
      await frozen.waitForOutput(new RegExp(`at ${step}`));
      second = startProcess('services/aggregator/main.ts', { ...system.environment, TOLLBOOK_PORT: '0' });
      await second.waitForOutput(/ready at/);
      // Needs the catalogue for itself, which the frozen transaction holds until the database ends it.
      await api.create('/v1/meters', { ...CALLS, key: 'count', aggregation: 'count', value_property: undefined });
      await sendUntilTaken(ingest, calls('meanwhile', 200));
      await expectExact(api, { events: 500, sum: sumTo(300) + sumTo(200) });
      frozen.signal('SIGCONT');
      await sendUntilTaken(ingest, [...calls('before', 300), ...calls('after', 100)]);
      await expectExact(api, { events: 600, sum: sumTo(300) + sumTo(200) + sumTo(100) });
      // Events before its creation are a matter of backfill, and of the place in the log only: those after it count, all of them.
      expect((await usageOf(api, 'count')).events).toBeGreaterThanOrEqual(300);
    } finally {
      frozen.signal('SIGCONT');
      await second?.end();
      await system.stop();
    }
  },
  150_000,
);
