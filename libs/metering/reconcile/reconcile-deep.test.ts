import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  batchOf,
  correctionOf,
  HOUR_START,
  startMetering,
  type TestMetering,
  usageEvent,
} from '#tests/support/metering.ts';
import { reconcileDeep } from './reconcile-deep.ts';

let metering: TestMetering;
beforeAll(async () => {
  metering = await startMetering();
  await metering.meter({ key: 'calls' });
  await metering.meter({ key: 'bytes', aggregation: 'sum', value_property: 'bytes', group_by: ['region'] });
  await metering.meter({ key: 'regions', aggregation: 'unique', value_property: 'region' });
  await metering.meter({ key: 'max', aggregation: 'max', value_property: 'bytes' });
  for (const aggregation of ['min', 'avg', 'latest', 'weighted_sum'] as const)
    await metering.meter({
      key: aggregation,
      aggregation,
      value_property: 'bytes',
      filter: [{ property: 'region', in: ['eu', 'us'] }],
    });
});
afterAll(() => metering?.database.drop());

const deep = () => reconcileDeep(metering.owner, '2026-11-01', '2026-11-04');

test('hours of any events and corrections in any batches are found to be what their raw events say', async () => {
  const id = fc.integer({ min: 0, max: 30 }).map(String);
  const bytes = fc.integer({ min: -50, max: 50 }).map((value) => `${value / 10}`);
  const time = fc.integer({ min: -30 * 3_600_000, max: 0 }).map((back) => HOUR_START + back);
  const region = fc.constantFrom('eu', 'us', 'mars');
  const properties = fc.record({ bytes, region });
  const customer = fc.constantFrom('acme', 'other');
  const record = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ id, time, properties, customer }).map(({ id, ...rest }) => usageEvent(id, rest)),
    },
    { weight: 1, arbitrary: id.map((which) => correctionOf(which, 'void')) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(id, properties, time)
        .map(([which, properties, time]) => correctionOf(which, 'amend', { properties, time })),
    },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(record, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 }),
      async (batches) => {
        for (const records of batches) {
          const from = await metering.nextOffset(0);
          await metering.apply([batchOf(0, from, records)]);
        }
        const { days, skipped } = await deep();
        expect([days.flatMap(({ differences }) => differences), skipped]).toEqual([[], []]);
      },
    ),
    { numRuns: 15, seed: 4 },
  );
  expect((await deep()).days.reduce((sum, { events }) => sum + events, 0)).toBeGreaterThan(10);
}, 60_000);

describe('a row that was changed behind its back is named', () => {
  test.each([
    ['count', "event_count = event_count + 1 WHERE meter_id = (SELECT id FROM meters WHERE key = 'calls')"],
    ['total', "total = total + 0.0000000001 WHERE meter_id = (SELECT id FROM meters WHERE key = 'bytes')"],
    ['digest', "digest = digest + 1 WHERE meter_id = (SELECT id FROM meters WHERE key = 'calls')"],
    ['minimum', "minimum = minimum - 1 WHERE meter_id = (SELECT id FROM meters WHERE key = 'min')"],
    ['maximum', "maximum = maximum + 1 WHERE meter_id = (SELECT id FROM meters WHERE key = 'max')"],
    ['latest', "latest_id = latest_id || 'x' WHERE meter_id = (SELECT id FROM meters WHERE key = 'latest')"],
    ['weighted', "weighted = weighted + 1 WHERE meter_id = (SELECT id FROM meters WHERE key = 'weighted_sum')"],
    ['hour', "hour = hour - interval '40 hours' WHERE meter_id = (SELECT id FROM meters WHERE key = 'calls')"],
  ])('%s', async (_name, damage) => {
    await metering.apply([batchOf(1, await metering.nextOffset(1), [usageEvent(`whole ${_name}`)])]);
    await metering.owner.query('CREATE TABLE kept AS TABLE usage_hourly');
    try {
      await metering.owner.query(`UPDATE usage_hourly SET ${damage}`);
      expect((await deep()).days.flatMap(({ differences }) => differences).length).toBeGreaterThan(0);
    } finally {
      await metering.owner.query('DELETE FROM usage_hourly');
      await metering.owner.query('INSERT INTO usage_hourly TABLE kept');
      await metering.owner.query('DROP TABLE kept');
    }
    expect((await deep()).days.flatMap(({ differences }) => differences)).toEqual([]);
  });

  test('a value of a unique meter', async () => {
    await metering.owner.query('UPDATE usage_unique SET event_count = event_count + 1');
    const [first] = (await deep()).days.flatMap(({ differences }) => differences);
    expect(first?.stored?.unique).not.toBe(first?.computed?.unique);
    await metering.owner.query('UPDATE usage_unique SET event_count = event_count - 1');
  });
});

test('days that retention has begun to drop are skipped, and said so', async () => {
  await metering.apply([
    batchOf(2, await metering.nextOffset(2), [usageEvent('old')], new Date('2026-10-20T00:00:00Z')),
  ]);
  await metering.owner.query("SELECT drop_usage_events_before('2026-11-02')");
  expect((await deep()).skipped).toEqual(['2026-11-01', '2026-11-02', '2026-11-03']);
});
