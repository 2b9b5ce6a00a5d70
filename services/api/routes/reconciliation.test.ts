import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkCounters } from '#libs/metering/reconcile/check-counters.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { correctionOf, createFeed, usageEvent } from '#tests/support/metering.ts';

let api: TestApi;
let id: number;
let client: TestApiClient;

const DAYS = '/v1/reconciliation?from=2026-11-01&to=2026-12-01';
const read = async (query = DAYS) => (await client.get(query)).body;

beforeAll(async () => {
  api = await startTestApi();
  ({ id, api: client } = await api.organization());
  await client.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  const feed = await createFeed(api.worker);
  await feed(id, [
    usageEvent('a'),
    usageEvent('a'),
    usageEvent('a', { customer: 'other' }),
    usageEvent('b'),
    usageEvent('c', { type: 'unknown' }),
    correctionOf('a', 'void'),
    correctionOf('b', 'amend', { customer: 'other' }),
    Buffer.from(`{"v":1,"organization":${id}}`),
  ]);
  await feed(id, [usageEvent('d'), correctionOf('b', 'void')], new Date('2026-11-03T00:00:00Z'));
});
afterAll(() => api?.stop());

test('every record of the log has its place, by day and by meter, and nothing is left over', async () => {
  const second = { counted: 2, unassigned: 1, duplicates: 1, conflicts: 1, dead_letters: 1, corrections: 2, voided: 1 };
  const third = { counted: 1, unassigned: 0, duplicates: 0, conflicts: 0, dead_letters: 0, corrections: 1, voided: 1 };
  expect(await read()).toEqual({
    from: '2026-11-01',
    to: '2026-12-01',
    records: 10,
    counted: 3,
    unassigned: 1,
    duplicates: 1,
    conflicts: 1,
    dead_letters: 1,
    corrections: 3,
    voided: 2,
    unexplained: 0,
    days: [
      { day: '2026-11-02', records: 8, ...second, stored_events: 3, unexplained: 0 },
      { day: '2026-11-03', records: 2, ...third, stored_events: 1, unexplained: 0 },
    ],
    meters: [{ meter: 'calls', version: 1, hourly: 1, counted: 1, unread: 0, unexplained: 0 }],
  });
  expect(await read('/v1/reconciliation?from=2026-11-03&to=2026-11-04')).toMatchObject({ records: 2, unexplained: 0 });
  expect(await checkCounters(api.worker)).toEqual({ unexplained: 0n, epochs: [], meters: [] });
});

/** Each line takes something away or adds it behind Tollbook's back; the test shows that it is seen, and puts it back. */
describe('what does not match is counted', () => {
  test.each([
    ['a raw event is gone', "DELETE FROM usage_events WHERE id = 'd'", 1],
    ['a raw event is there twice', "INSERT INTO usage_events SELECT * FROM usage_events WHERE id = 'c'", 1],
    ['a taken back row is gone', 'DELETE FROM usage_events WHERE sign = -1 AND revision = 0', 2],
    ['an amended row is gone', 'DELETE FROM usage_events WHERE sign = 1 AND revision = 1', 1],
    ['a conflict is gone', 'DELETE FROM event_conflicts', 1],
    ['a dead letter is gone', 'DELETE FROM dead_letters', 1],
    ['a correction is gone', "DELETE FROM event_corrections WHERE kind = 'amend'", 3],
    [
      'a count was lost',
      "UPDATE record_counts SET records = records - 1 WHERE outcome = 'counted' AND received_on = '2026-11-02'",
      1,
    ],
    ['an hour was counted twice', 'UPDATE usage_hourly SET event_count = 2 * event_count', 1],
    ['a meter was', "UPDATE meter_counts SET event_count = event_count + 3 WHERE received_on = '2026-11-03'", 3],
  ])('%s', async (_name, damage, unexplained) => {
    const before = await read();
    const tables = [
      'usage_events',
      'event_conflicts',
      'dead_letters',
      'event_corrections',
      'record_counts',
      'usage_hourly',
      'meter_counts',
    ];
    for (const table of tables) await api.owner.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
    try {
      await api.owner.query(damage);
      expect((await read()).unexplained).toBe(unexplained);
    } finally {
      for (const table of tables) {
        await api.owner.query(`DELETE FROM ${table}`);
        await api.owner.query(`INSERT INTO ${table} TABLE kept_${table}`);
        await api.owner.query(`DROP TABLE kept_${table}`);
      }
    }
    expect(await read()).toEqual(before);
  });
});

test('offsets that moved without records, and the other way round, are seen over the whole installation', async () => {
  await api.owner.query('UPDATE log_offsets SET next_offset = next_offset + 5 WHERE partition = 0');
  expect(await checkCounters(api.worker)).toMatchObject({
    unexplained: 5n,
    epochs: [{ partition: 0, epoch: 1, applied: 15n, counted: 10n }],
  });
  await api.owner.query('UPDATE log_offsets SET next_offset = next_offset - 5 WHERE partition = 0');
  // An epoch that ended goes on being compared.
  await api.owner.query(
    "INSERT INTO log_epochs (partition, epoch, first_offset, next_offset, reason) SELECT partition, epoch, first_offset, next_offset, 'test' FROM log_offsets",
  );
  await api.owner.query('UPDATE log_offsets SET epoch = 2, first_offset = next_offset');
  expect(await checkCounters(api.worker)).toMatchObject({ unexplained: 0n });
  await api.owner.query("UPDATE record_counts SET records = records + 1 WHERE outcome = 'duplicate'");
  expect(await checkCounters(api.worker)).toMatchObject({ unexplained: 1n });
});

test('days whose raw events were dropped are not held against them', async () => {
  await api.owner.query("SELECT drop_usage_events_before('2026-11-03')");
  const { days, unexplained } = await read();
  expect(days[0]).toMatchObject({ day: '2026-11-02', stored_events: null, counted: 2, unexplained: 0 });
  expect(unexplained).toBe(0);
});
