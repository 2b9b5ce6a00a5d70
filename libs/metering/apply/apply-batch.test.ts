import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from '#libs/database/pool.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { identify } from '#libs/events/identify.ts';
import { eventText, hashOf } from '#libs/events/record.ts';
import {
  ARRIVAL,
  batchOf,
  usageEvent as event,
  HOUR_START as HOUR,
  ORGANIZATION,
  startMetering,
  type TestMetering,
} from '#tests/support/metering.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import type { ApplyStep } from './apply-batch.ts';
import { applyIsolating } from './apply-isolating.ts';

let metering: TestMetering;
let owner: Pool;
const apply: TestMetering['apply'] = (...call) => metering.apply(...call);

beforeAll(async () => {
  metering = await startMetering();
  owner = metering.owner;
  await metering.meter({ key: 'calls' });
  await metering.meter({ key: 'summed', event_type: 'summed', aggregation: 'sum', value_property: 'n' });
  await metering.meter({ key: 'bytes', aggregation: 'sum', value_property: 'bytes', group_by: ['region'] });
});
afterAll(() => metering.database.drop());
beforeEach(() => metering.clear());

const hashNumber = (one: UsageEvent): bigint => BigInt(`0x${hashOf(eventText(ORGANIZATION, one))}`);

async function state() {
  const hourly = await owner.query(
    `SELECT m.key AS meter, customer, hour, group_key, event_count, trim_scale(total)::text AS total, digest::text
       FROM usage_hourly u JOIN meters m ON m.id = u.meter_id ORDER BY 1, 2, 3, 4`,
  );
  const counts = await owner.query('SELECT outcome, sum(records)::integer AS records FROM record_counts GROUP BY 1');
  const raw = await owner.query<{ count: string }>('SELECT count(*) FROM usage_events');
  const offsets = await owner.query('SELECT partition, next_offset FROM log_offsets ORDER BY 1');
  return {
    hourly: hourly.rows,
    counts: Object.fromEntries(counts.rows.map((row) => [row.outcome, row.records])) as Record<string, number>,
    raw: Number(raw.rows[0]?.count),
    offsets: offsets.rows.map((row) => Number(row.next_offset)),
  };
}

test('new events are counted in every meter that reads them, with the digest of exactly these events', async () => {
  const events = [
    event('a'),
    event('b', { properties: { bytes: 2, region: 'us' } }),
    event('c', { time: HOUR + 3_600_000 }),
  ];
  const { after } = await apply([batchOf(0, 0n, events)]);
  expect(after.get(0)).toEqual({ next: 3n });
  const { hourly, raw, counts } = await state();
  expect(hourly.map((row) => [row.meter, row.group_key, row.event_count, row.total])).toEqual([
    ['bytes', '{"region":"eu"}', '1', '1.5'],
    ['bytes', '{"region":"us"}', '1', '2'],
    ['bytes', '{"region":"eu"}', '1', '1.5'],
    ['calls', '', '2', '2'],
    ['calls', '', '1', '1'],
  ]);
  const digest = [events[0], events[1]].reduce((sum, one) => (sum + hashNumber(one as UsageEvent)) % 2n ** 256n, 0n);
  expect(hourly[3]?.digest).toBe(digest.toString());
  expect([raw, counts]).toEqual([3, { counted: 3 }]);
});

test('duplicates, conflicts, poison and unknown types each end in their place, and none blocks the rest', async () => {
  await apply([batchOf(0, 0n, [event('a')])]);
  await apply([
    batchOf(0, 1n, [
      event('a'),
      event('a', { customer: 'other' }),
      event('b'),
      event('b'),
      event('b', { customer: 'other' }),
      Buffer.from('{not json'),
      event('c', { properties: { region: 'eu' } }),
      event('d', { type: 'unknown' }),
      event('e', { type: 'summed', properties: {} }),
    ]),
  ]);
  const { counts, hourly, raw } = await state();
  expect(counts).toEqual({ counted: 3, duplicate: 2, conflict: 2, dead_letter: 2, unassigned: 1 });
  expect(raw).toBe(4);
  expect(hourly.find((row) => row.meter === 'calls')).toMatchObject({ customer: 'acme', event_count: '3' });
  const conflicts = await owner.query<{ customer: string }>(
    "SELECT record ->> 'customer' AS customer FROM event_conflicts",
  );
  expect(conflicts.rows).toEqual([{ customer: 'other' }, { customer: 'other' }]);
  const letters = await owner.query('SELECT organization_id, reason, detail FROM dead_letters ORDER BY log_offset');
  expect(letters.rows).toEqual([
    { organization_id: 0, reason: 'undecodable', detail: expect.stringMatching(/not UTF-8 JSON/) },
    {
      organization_id: 1,
      reason: 'unreadable_value',
      detail: 'meter "summed" sums the property "n", which is missing',
    },
  ]);
});

test('an event that one meter cannot read counts in the others, and the meter remembers', async () => {
  await apply([batchOf(0, 0n, [event('a', { properties: { region: 'eu' } })])]);
  const { hourly, counts } = await state();
  expect(hourly.map((row) => [row.meter, row.event_count])).toEqual([['calls', '1']]);
  expect(counts).toEqual({ counted: 1 });
  const { rows } = await owner.query('SELECT m.key, u.detail FROM unread_events u JOIN meters m ON m.id = u.meter_id');
  expect(rows).toEqual([{ key: 'bytes', detail: 'meter "bytes" sums the property "bytes", which is missing' }]);
});

test('an event whose time lies days after its arrival is not counted: no reader would look for it there', async () => {
  await apply([batchOf(0, 0n, [event('a', { time: ARRIVAL.getTime() + 3 * 86_400_000 })])]);
  expect((await state()).counts).toEqual({ dead_letter: 1 });
  const { rows } = await owner.query('SELECT reason FROM dead_letters');
  expect(rows).toEqual([{ reason: 'too_far_ahead' }]);
});

test('text that COPY must escape comes back as it was sent', async () => {
  const odd = event('tab\there', {
    source: 'back\\slash',
    properties: { bytes: 1, region: 'a\nb\\.\t\r"\'', '\\N': '\\N' },
  });
  await apply([batchOf(0, 0n, [odd])]);
  const { rows } = await owner.query('SELECT id, source, properties FROM usage_events');
  expect(rows).toEqual([{ id: odd.id, source: odd.source, properties: odd.properties }]);
});

describe('what was applied before', () => {
  test('is dropped when it comes again, alone or as the start of a longer batch', async () => {
    const events = [event('a'), event('b'), event('c')];
    await apply([batchOf(0, 0n, events.slice(0, 2))]);
    expect((await apply([batchOf(0, 0n, events.slice(0, 2))])).after.get(0)).toEqual({ next: 2n });
    expect((await apply([batchOf(0, 1n, events.slice(1))])).after.get(0)).toEqual({ next: 3n });
    expect(await state()).toMatchObject({ counts: { counted: 3 }, raw: 3, offsets: [3, 0, 0] });
  });

  test('and a batch beyond it is sent back: a gap is never crossed', async () => {
    await apply([batchOf(0, 0n, [event('a')])]);
    expect((await apply([batchOf(0, 2n, [event('c')])])).after.get(0)).toEqual({ next: 1n });
    expect(await state()).toMatchObject({ counts: { counted: 1 }, offsets: [1, 0, 0] });
  });

  test('must still be in the log: another record at the last offset stops the partition', async () => {
    await apply([batchOf(0, 0n, [event('a'), event('b')])]);
    const replaced = await apply([batchOf(0, 1n, [event('x'), event('y')]), batchOf(1, 0n, [event('z')])]);
    expect(replaced.after.get(0)).toMatchObject({ halt: expect.stringMatching(/partition 0.*offset 1.*replaced/) });
    expect(replaced.after.get(1)).toEqual({ next: 1n });
    expect(await state()).toMatchObject({ counts: { counted: 3 }, offsets: [2, 1, 0] });
  });
});

const STEPS: readonly ApplyStep[] = [
  'offsets-locked',
  'keys-inserted',
  'events-copied',
  'offsets-advanced',
  'hourly-upserted',
  'committed',
];

test.each(STEPS)('dying at %s and delivering again counts everything once', async (step) => {
  const batches = [batchOf(0, 0n, [event('a'), event('b'), event('a')]), batchOf(1, 0n, [event('c')])];
  await expect(
    apply(batches, async (at) => {
      if (at === step) throw new Error('died here');
    }),
  ).rejects.toThrow('died here');
  const half = await state();
  expect(half.raw).toBe(step === 'committed' ? 3 : 0);
  await apply(batches);
  expect(await state()).toMatchObject({ counts: { counted: 3, duplicate: 1 }, raw: 3, offsets: [3, 1, 0] });
});

test('two owners of one partition apply the same batch at the same moment: once', async () => {
  const batches = [batchOf(0, 0n, [event('a'), event('b')])];
  await Promise.all(Array.from({ length: 6 }, () => apply(batches)));
  expect(await state()).toMatchObject({ counts: { counted: 2 }, raw: 2, offsets: [2, 0, 0] });
});

test('a meter made between two batches counts from the next batch on', async () => {
  await apply([batchOf(0, 0n, [event('a', { type: 'late-meter' })])]);
  await metering.meter({ key: 'late', event_type: 'late-meter' });
  await apply([batchOf(0, 1n, [event('b', { type: 'late-meter' })])]);
  expect((await state()).counts).toEqual({ unassigned: 1, counted: 1 });
});

/** The hourly rows of these events, worked out in whole hundredths and by another way than the product's. */
function expectedRows(events: readonly UsageEvent[]): string[] {
  const rows = new Map<string, { count: bigint; hundredths: bigint; digest: bigint }>();
  for (const one of events) {
    const hundredths = BigInt(String(one.properties.bytes).replace('.', ''));
    const hash = hashNumber(one);
    for (const [meter, group, value] of [
      ['bytes', `{"region":"${one.properties.region}"}`, hundredths],
      ['calls', '', 100n],
    ] as const) {
      const key = [meter, one.customer, one.time, group].join(' ');
      const row = rows.get(key) ?? { count: 0n, hundredths: 0n, digest: 0n };
      rows.set(key, {
        count: row.count + 1n,
        hundredths: row.hundredths + value,
        digest: (row.digest + hash) % 2n ** 256n,
      });
    }
  }
  return [...rows]
    .map(([key, { count, hundredths, digest }]) => {
      const places =
        hundredths % 100n === 0n
          ? ''
          : `.${String(hundredths % 100n)
              .padStart(2, '0')
              .replace(/0$/, '')}`;
      return `${key} ${count} ${hundredths / 100n}${places} ${digest}`;
    })
    .sort();
}

test('a meter that is being made while a batch waits for it counts in that batch', async () => {
  await apply([batchOf(0, 0n, [event('warm')])]);
  const maker = await owner.connect();
  try {
    await maker.query('BEGIN');
    await maker.query("SELECT pg_advisory_xact_lock(hashtextextended('tollbook:catalog', 0))");
    await maker.query(
      `INSERT INTO meters (organization_id, key, name, event_type, aggregation, started_at_log)
       VALUES (1, 'raced', 'Raced', 'raced', 'count', '{"epoch": 1, "offsets": {}}')`,
    );
    await maker.query('UPDATE catalog_version SET version = version + 1');
    const applying = apply([batchOf(0, 1n, [event('b', { type: 'raced' })])]);
    await waitFor(
      async () =>
        (await owner.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rowCount === 1,
      { describe: 'the batch to wait for the catalogue' },
    );
    await maker.query('COMMIT');
    expect((await applying).outcomes).toEqual({ counted: 1 });
  } finally {
    maker.release();
  }
});

test('group values that do not fit into an index row are told, and the rest of the batch counts', async () => {
  await metering.meter({ key: 'wide', event_type: 'wide', group_by: ['a', 'b', 'c'] });
  const wide = event('w', {
    type: 'wide',
    properties: {
      a: randomBytes(499).toString('hex'),
      b: randomBytes(499).toString('hex'),
      c: randomBytes(499).toString('hex'),
    },
  });
  await apply([batchOf(0, 0n, [wide, event('a')])]);
  expect((await state()).counts).toEqual({ dead_letter: 1, counted: 1 });
  const { rows } = await owner.query<{ detail: string }>('SELECT detail FROM dead_letters');
  expect(rows[0]?.detail).toMatch(/meter "wide" groups by a, b, c, whose values.*2500 bytes/);
});

test('a record that the database refuses goes to the dead letters alone; its neighbours and other partitions count', async () => {
  await owner.query('ALTER TABLE event_keys ADD CONSTRAINT refuse_one CHECK (log_offset <> 5 OR log_partition <> 0)');
  try {
    const events = Array.from({ length: 9 }, (_, i) => event(`r${i}`));
    const applied = await applyIsolating({ pool: metering.worker, catalog: {}, knownSources: new Set() }, [
      batchOf(0, 0n, events),
      batchOf(1, 0n, [event('other')]),
    ]);
    expect(applied.outcomes).toEqual({ counted: 9, dead_letter: 1 });
    expect([applied.after.get(0), applied.after.get(1)]).toEqual([{ next: 9n }, { next: 1n }]);
    expect(await state()).toMatchObject({ counts: { counted: 9, dead_letter: 1 }, raw: 9, offsets: [9, 1, 0] });
    const { rows } = await owner.query('SELECT reason, log_offset FROM dead_letters');
    expect(rows).toEqual([{ reason: 'refused', log_offset: '5' }]);
  } finally {
    await owner.query('ALTER TABLE event_keys DROP CONSTRAINT refuse_one');
  }
});

test('law: any order, any batching, any replay gives the same aggregates', async () => {
  const ids = fc.integer({ min: 0, max: 30 }).map((n) =>
    event(`e${n}`, {
      time: HOUR + (n % 3) * 3_600_000,
      customer: n % 2 ? 'acme' : 'zoo',
      properties: { bytes: `${n}.25`, region: n % 5 ? 'eu' : 'us' },
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(ids, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (sent, size, again) => {
        await metering.clear();
        // Equal ids meet in one partition, as the log does it.
        const partitions = [0, 1, 2].map((p) =>
          sent.filter((one) => identify(1, one.source, one.id).partitionKey.readUInt32BE(0) % 3 === p),
        );
        for (const [partition, records] of partitions.entries()) {
          for (let at = 0; at < records.length; at += size) {
            const batch = batchOf(partition, BigInt(at), records.slice(at, at + size));
            await apply([batch]);
            if (again) await apply([batch]);
          }
        }
        const unique = new Map(sent.map((one) => [one.id, one]));
        const { hourly, counts, raw } = await state();
        expect(raw).toBe(unique.size);
        expect(counts.counted).toBe(unique.size);
        expect(counts.duplicate ?? 0).toBe(sent.length - unique.size);
        expect(
          hourly
            .map(({ meter, customer, hour, group_key, event_count, total, digest }) =>
              [meter, customer, hour.getTime(), group_key, event_count, total, digest].join(' '),
            )
            .sort(),
        ).toEqual(expectedRows([...unique.values()]));
      },
    ),
    { numRuns: 25 },
  );
});
