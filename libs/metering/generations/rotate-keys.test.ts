import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ARRIVAL, batchOf, startMetering, type TestMetering, usageEvent } from '#tests/support/metering.ts';
import { hourOf } from '../hour.ts';
import { dropRawDays } from './drop-raw-days.ts';
import { rotateKeys } from './rotate-keys.ts';

const DAY = 86_400_000;
const ALWAYS = { lagDays: 0, dedupeDays: 100, maxKeys: -1 };
const RULES = { lagDays: 0, dedupeDays: 100 };

let metering: TestMetering;
beforeEach(async () => {
  metering = await startMetering();
  await metering.meter({ key: 'calls' });
});
afterEach(() => metering?.database.drop());

const age = (generation: number, days: number) =>
  metering.owner.query(
    `UPDATE event_key_generations SET opened_at = opened_at - $2 * interval '1 day', sealed_at = sealed_at - $2 * interval '1 day'
      WHERE generation = $1`,
    [generation, days],
  );

test('a replay that is found in an older generation is a duplicate, and other content a conflict', async () => {
  await metering.apply([batchOf(0, 0n, [usageEvent('a'), usageEvent('b')])]);
  expect(await rotateKeys(metering.worker, ALWAYS)).toEqual({ opened: 2, dropped: [] });
  expect(await rotateKeys(metering.worker, ALWAYS)).toEqual({ opened: 3, dropped: [] });
  await metering.apply([batchOf(0, 2n, [usageEvent('a'), usageEvent('b', { customer: 'other' }), usageEvent('c')])]);
  expect(await metering.counts()).toEqual({ counted: 3, duplicate: 1, conflict: 1 });
  const { rows } = await metering.owner.query(
    'SELECT generation, count(*)::integer FROM event_keys GROUP BY 1 ORDER BY 1',
  );
  expect(rows).toEqual([
    { generation: 1, count: 2 },
    { generation: 3, count: 1 },
  ]);
});

test('a drop raises the floor: what may have been forgotten goes to the dead letters, what is newer counts', async () => {
  await metering.apply([batchOf(0, 0n, [usageEvent('a')])]);
  await rotateKeys(metering.worker, ALWAYS);
  await age(1, 103);
  const { rows } = await metering.owner.query('SELECT sealed_at FROM event_key_generations WHERE generation = 1');
  const floor = (rows[0].sealed_at as Date).getTime();
  expect(await rotateKeys(metering.worker, RULES)).toEqual({ opened: null, dropped: [1] });

  const at = (id: string, time: number) => usageEvent(id, { time });
  const now = new Date();
  await metering.apply([
    batchOf(
      0,
      1n,
      [
        at('a', floor - DAY),
        at('b', floor + 2 * DAY - 1),
        at('c', floor + 2 * DAY + 1),
        at('d', now.getTime() - 100 * DAY),
      ],
      now,
    ),
  ]);
  expect(await metering.counts()).toEqual({ counted: 3, dead_letter: 2 });
  const letters = await metering.owner.query('SELECT reason FROM dead_letters');
  expect(letters.rows).toEqual([{ reason: 'too_old_to_dedupe' }, { reason: 'too_old_to_dedupe' }]);
  // Dropped once and for all.
  expect(await rotateKeys(metering.worker, RULES)).toEqual({ opened: null, dropped: [] });
});

test('an organization that takes old events keeps the keys, whatever the setting says', async () => {
  await metering.owner.query('UPDATE organizations SET event_max_age_days = 90 WHERE id = 2');
  await rotateKeys(metering.worker, ALWAYS);
  await age(1, 80);
  expect(await rotateKeys(metering.worker, { lagDays: 0, dedupeDays: 10 })).toEqual({ opened: null, dropped: [] });
  await metering.owner.query('UPDATE organizations SET event_max_age_days = 35 WHERE id = 2');
  expect(await rotateKeys(metering.worker, { lagDays: 0, dedupeDays: 10 })).toEqual({ opened: null, dropped: [1] });
});

test('rotation while batches run loses and doubles nothing, also with two housekeepers at once', async () => {
  const ROUNDS = 60;
  const IDS = 25;
  /** Three partitions: each event comes twice in its own one, in another batch, so that rotations fall between the two. */
  const work = async (partition: number) => {
    const events = (round: number) => Array.from({ length: IDS }, (_, i) => usageEvent(`${partition} ${round} ${i}`));
    for (let round = 0; round <= ROUNDS; round += 1) {
      const values = [...(round < ROUNDS ? events(round) : []), ...(round > 0 ? events(round - 1) : [])];
      const from = await metering.nextOffset(partition);
      await metering.apply([batchOf(partition, from, values)]);
    }
  };
  let working = true;
  let rotations = 0;
  const keepHouse = async () => {
    while (working) {
      const rotated = await rotateKeys(metering.worker, ALWAYS).catch((error: { code?: string }) => {
        if (error.code === '55P03') return null;
        throw error;
      });
      if (rotated?.opened) rotations += 1;
    }
  };
  const keeping = [keepHouse(), keepHouse()];
  try {
    await Promise.all([0, 1, 2].map(work));
  } finally {
    working = false;
    await Promise.all(keeping);
  }
  const total = 3 * ROUNDS * IDS;
  expect(await metering.counts()).toEqual({ counted: total, duplicate: total });
  const { rows } = await metering.owner.query(
    `SELECT (SELECT count(*)::integer FROM event_keys) AS keys, (SELECT count(*)::integer FROM usage_events) AS raw,
            (SELECT event_count::integer FROM usage_hourly u JOIN meters m ON m.id = u.meter_id WHERE m.key = 'calls') AS counted,
            (SELECT count(*)::integer FROM event_key_generations WHERE sealed_at IS NULL) AS current,
            (SELECT max(generation)::integer FROM event_key_generations) AS generations`,
  );
  expect(rows[0]).toEqual({ keys: total, raw: total, counted: total, current: 1, generations: rotations + 1 });
  expect(rotations).toBeGreaterThan(1);
}, 120_000);

describe('raw days', () => {
  test('those older than asked for go, the counts stay', async () => {
    const then = ARRIVAL.getTime() - 10 * DAY;
    await metering.apply([batchOf(0, 0n, [usageEvent('a', { time: then })], new Date(then))]);
    await metering.apply([batchOf(0, 1n, [usageEvent('b')])]);
    const now = ARRIVAL.getTime();
    expect(await dropRawDays(metering.worker, 10, now)).toBe(0);
    const both = await Promise.all([dropRawDays(metering.worker, 9, now), dropRawDays(metering.worker, 9, now)]);
    expect(both.sort()).toEqual([0, 1]);
    const { rows } = await metering.owner.query('SELECT id FROM usage_events');
    expect(rows).toEqual([{ id: 'b' }]);
    const hourly = await metering.owner.query('SELECT event_count FROM usage_hourly WHERE hour = $1 LIMIT 1', [
      new Date(hourOf(then)),
    ]);
    expect(hourly.rows).toEqual([{ event_count: '1' }]);
  });
});
