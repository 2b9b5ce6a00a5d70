import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { createPostgresLog, type PostgresLog } from '#libs/event-log/postgres/postgres-log.ts';
import { encodeEvent } from '#libs/events/record.ts';
import { startEpoch } from '#libs/metering/epochs/start-epoch.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { startMetering, type TestMetering, usageEvent } from '#tests/support/metering.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { type Aggregator, startAggregator } from './start.ts';

/* The aggregator over a real log that is not the one it knew. The same over Kafka and real processes: tests/drills. */

let metering: TestMetering;
let log: PostgresLog;
let aggregator: Aggregator;

beforeEach(async () => {
  metering = await startMetering();
  await metering.meter({ key: 'calls' });
  log = await createPostgresLog({ pool: metering.worker, pollMs: 20 });
  aggregator = await startAggregator({
    pool: metering.worker,
    log,
    cache: createMemoryCache(),
    logger: testLogger(),
    metrics: createMetrics({ service: 'test', defaults: false }),
  });
});
afterEach(async () => {
  await aggregator?.stop();
  await log?.close();
  await metering?.database.drop();
});

/** A fixed key: all in one partition. */
const append = async (...ids: string[]) => {
  const records = ids.map((id) => ({ partitionKey: Buffer.alloc(4), value: encodeEvent(1, usageEvent(id)) }));
  for (const outcome of await log.append(records)) expect(outcome.status).toBe('durable');
};
const counts = async (expected: Record<string, number>) => {
  let seen: unknown;
  await waitFor(
    async () => {
      seen = await metering.counts();
      return JSON.stringify(seen) === JSON.stringify(expected);
    },
    { describe: () => `${JSON.stringify(expected)}, not ${JSON.stringify(seen)}` },
  );
};
const check = () =>
  aggregator.check().then(
    () => 'goes on',
    (error: Error) => error.message,
  );

test('a log restored to behind what was applied stops the partition; a new epoch gets it going and nothing counts twice', async () => {
  await append('a', 'b', 'c');
  await counts({ counted: 3 });
  await metering.owner.query('DELETE FROM log_records WHERE "offset" > 0');
  await metering.owner.query('UPDATE log_partitions SET next_offset = 1 WHERE partition = 0');
  await waitFor(async () => /offset 3 was to be read next but the log ends at 1/.test(await check()), {
    describe: 'the aggregator to say that it stopped',
  });

  await startEpoch(metering.owner, await log.bounds(), { from: 'earliest', partitions: null, reason: 'restored' });
  await waitFor(async () => (await check()) === 'goes on', { describe: 'the aggregator to go on' });
  await append('b', 'd');
  await counts({ counted: 4, duplicate: 2 });
  const { rows } = await metering.owner.query(
    'SELECT epoch, first_offset, next_offset, reason FROM log_epochs WHERE partition = 0',
  );
  expect(rows).toEqual([{ epoch: 1, first_offset: '0', next_offset: '3', reason: 'restored' }]);
});

test('a new epoch is followed also while nothing new arrives', async () => {
  await append('a', 'b');
  await counts({ counted: 2 });
  await startEpoch(metering.owner, await log.bounds(), { from: 'earliest', partitions: null, reason: 'read it again' });
  await counts({ counted: 2, duplicate: 2 });
  await startEpoch(metering.owner, await log.bounds(), { from: 'end', partitions: null, reason: 'and go on' });
  await append('c');
  await counts({ counted: 3, duplicate: 2 });
});
