import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createApplier } from '../inside/apply.ts';
import { BENCH_ORGANIZATION } from '../inside/records.ts';
import { benchEvents, UNIFORM } from '../workload.ts';
import { assertExact, waitUntilCounted } from './truth.ts';

/* The check at the end of every benchmark must notice what it is there for. */

const EVENTS = 100;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const applier = await createApplier(database.url);
  await applier.apply(applier.prepare(benchEvents({ ...UNIFORM, events: EVENTS }, Date.now())));
  await applier.end();
});
afterAll(() => database.drop());

const check = () => assertExact(database.pool('owner'), BENCH_ORGANIZATION, EVENTS, 1);

test('it is content when each event was counted once', async () => {
  await waitUntilCounted(database.pool('owner'), BENCH_ORGANIZATION, EVENTS);
  await expect(check()).resolves.toBeUndefined();
});

test.each([
  ['+ 1', /1 doubled/],
  ['- 1', /1 lost/],
])('it notices an aggregate that is wrong by %s', async (change, message) => {
  const owner = database.pool('owner');
  const first = '(SELECT ctid FROM usage_hourly LIMIT 1)';
  await owner.query(`UPDATE usage_hourly SET event_count = event_count ${change} WHERE ctid = ${first}`);
  await expect(check()).rejects.toThrow(message);
  await owner.query(
    `UPDATE usage_hourly u SET event_count = (SELECT ${EVENTS} - coalesce(sum(event_count), 0) FROM usage_hourly o WHERE o.ctid <> u.ctid)
      WHERE ctid = ${first}`,
  );
  await expect(check()).resolves.toBeUndefined();
});

test('it notices a raw event too few, and a meter that is missing', async () => {
  const owner = database.pool('owner');
  await owner.query('DELETE FROM usage_events WHERE ctid = (SELECT ctid FROM usage_events LIMIT 1)');
  await expect(check()).rejects.toThrow(/99 raw events/);
  await owner.query('DELETE FROM meters');
  await expect(check()).rejects.toThrow(/0 meters/);
});
