import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { identify } from '#libs/events/identify.ts';
import { expectedHours, type HourOfMeter } from '#tests/support/expected-hours.ts';
import {
  batchOf,
  correctionOf as correction,
  usageEvent as event,
  HOUR_START,
  ORGANIZATION,
  startMetering,
  type TestMetering,
} from '#tests/support/metering.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { backfillChunk } from '../backfill/backfill-chunk.ts';
import { requestBackfill } from '../backfill/request-backfill.ts';
import type { Aggregation } from '../meter.ts';
import { lockCatalogExclusive } from '../store/lock-catalog-exclusive.ts';

const AGGREGATIONS: readonly Aggregation[] = ['count', 'sum', 'min', 'max', 'avg', 'latest', 'unique', 'weighted_sum'];

let metering: TestMetering;
let owner: Pool;

beforeAll(async () => {
  metering = await startMetering();
  owner = metering.owner;
  for (const aggregation of AGGREGATIONS) await makeMeter(`early_${aggregation}`, aggregation);
});
afterAll(() => metering.database.drop());
beforeEach(() => metering.clear());

const makeMeter = (key: string, aggregation: Aggregation): Promise<number> =>
  metering.meter({
    key,
    aggregation,
    ...(aggregation !== 'count' && { value_property: 'n' }),
    filter: [{ property: 'skip', exists: false }],
  });

/** Hourly rows of the meters of one prefix, in the words of the model. Rows that came back to nothing must be nothing. */
async function hours(prefix: string): Promise<HourOfMeter[]> {
  const { rows } = await owner.query<HourOfMeter & { digest: string }>(
    `SELECT m.aggregation, u.customer, (extract(epoch FROM u.hour) * 1000)::bigint::text AS hour, u.event_count AS count, trim_scale(u.total)::text AS total,
            trim_scale(u.weighted)::text AS weighted, trim_scale(coalesce(u.minimum, u.maximum, u.latest))::text AS standing,
            (SELECT count(*) FROM usage_unique q WHERE q.meter_id = u.meter_id AND q.customer = u.customer AND q.hour = u.hour AND q.event_count > 0) AS different,
            u.digest
       FROM usage_hourly u JOIN meters m ON m.id = u.meter_id WHERE m.key LIKE $1 ORDER BY 1, 2, 3`,
    [`${prefix}_%`],
  );
  for (const row of rows.filter((each) => each.count === '0'))
    expect(row).toMatchObject({ total: '0', digest: '0', standing: null, different: '0' });
  return rows.filter((row) => row.count !== '0').map(({ digest: _, ...row }) => row);
}

const states = async () =>
  (await owner.query('SELECT kind, state, detail FROM event_corrections ORDER BY log_partition, log_offset')).rows;

test('a void takes back what was counted, an amendment replaces it, and both leave their trace', async () => {
  await metering.apply([
    batchOf(0, 0n, [event('a', { properties: { n: '5' } }), event('b', { properties: { n: '7' } })]),
  ]);
  await metering.apply([
    batchOf(0, 2n, [correction('a', 'void'), correction('b', 'amend', { properties: { n: '9' } })]),
  ]);
  expect((await hours('early')).find((row) => row.aggregation === 'sum')).toMatchObject({ count: '1', total: '9' });
  const { rows } = await owner.query(
    'SELECT id, sign, revision, log_offset FROM usage_events ORDER BY log_offset, sign, revision',
  );
  expect(rows).toEqual([
    { id: 'a', sign: 1, revision: 0, log_offset: '0' },
    { id: 'b', sign: 1, revision: 0, log_offset: '1' },
    { id: 'a', sign: -1, revision: 0, log_offset: '2' },
    { id: 'b', sign: -1, revision: 0, log_offset: '3' },
    { id: 'b', sign: 1, revision: 1, log_offset: '3' },
  ]);
});

test('the same correction again changes nothing; another one under its id is kept as a conflict', async () => {
  const amend = correction('a', 'amend', { properties: { n: '9' } });
  await metering.apply([batchOf(0, 0n, [event('a', { properties: { n: '5' } }), amend, amend])]);
  await metering.apply([batchOf(0, 3n, [amend, { ...amend, changes: { properties: { n: '10' } } }])]);
  expect((await hours('early')).find((row) => row.aggregation === 'sum')).toMatchObject({ count: '1', total: '9' });
  const { rows } = await owner.query('SELECT outcome, records FROM record_counts ORDER BY outcome');
  expect(rows).toEqual([
    { outcome: 'conflict', records: '1' },
    { outcome: 'correction', records: '1' },
    { outcome: 'counted', records: '1' },
    { outcome: 'duplicate', records: '2' },
  ]);
});

test('a correction that comes first waits for its original; after a void nothing more is changed', async () => {
  await metering.apply([batchOf(1, 0n, [correction('a', 'void')])]);
  expect(await states()).toEqual([{ kind: 'void', state: 'waiting', detail: null }]);
  await metering.apply([batchOf(1, 1n, [event('a', { properties: { n: '5' } })])]);
  await metering.apply([batchOf(1, 2n, [correction('a', 'amend', { properties: { n: '1' } })])]);
  expect(await states()).toEqual([
    { kind: 'void', state: 'applied', detail: null },
    { kind: 'amend', state: 'refused', detail: expect.stringMatching(/voided before/) },
  ]);
  expect(await hours('early')).toEqual([]);
  // The identity stays taken.
  await metering.apply([batchOf(1, 3n, [event('a', { properties: { n: '5' } })])]);
  expect((await owner.query("SELECT records FROM record_counts WHERE outcome = 'duplicate'")).rows).toEqual([
    { records: '1' },
  ]);
});

describe('over two partitions at the same time, where partitions were added', () => {
  const five = event('raced', { properties: { n: '5' } });
  const amend = correction('raced', 'amend', { properties: { n: '9' } });
  // Corrections that wait are carried out in the order of partition and offset.
  const cases: [string, (UsageEvent | Correction)[], UsageEvent | Correction, UsageEvent | Correction, object][] = [
    ['an original, then its void', [], five, correction('raced', 'void'), { void: 'applied' }],
    ['a void, then its original', [], correction('raced', 'void'), five, { void: 'applied' }],
    ['two copies of an original', [], five, five, { total: '5' }],
    ['two copies of an original that is awaited', [amend], five, five, { amend: 'applied', total: '9' }],
    [
      'an original that is awaited, then another correction',
      [amend],
      five,
      correction('raced', 'void'),
      { amend: 'applied', void: 'applied' },
    ],
    [
      'a correction that waits too, then the original',
      [amend],
      correction('raced', 'void'),
      five,
      { amend: 'refused', void: 'applied' },
    ],
    ['an amendment, then a void', [five], amend, correction('raced', 'void'), { amend: 'applied', void: 'applied' }],
    ['a void, then an amendment', [five], correction('raced', 'void'), amend, { amend: 'refused', void: 'applied' }],
    ['the same void twice', [five], correction('raced', 'void'), correction('raced', 'void'), { void: 'applied' }],
  ];

  test.each(cases)('%s: one acts after the other', async (_name, before, first, second, expected) => {
    if (before.length > 0) await metering.apply([batchOf(2, 0n, before)]);
    const hasKeys = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const one = metering.apply([batchOf(0, 0n, [first])], async (step) => {
      if (step !== 'keys-inserted') return;
      hasKeys.resolve();
      await mayGoOn.promise;
    });
    await hasKeys.promise;
    const other = metering.apply([batchOf(1, 0n, [second])]);
    await waitFor(async () => (await owner.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount !== 0, {
      describe: () => 'the second to wait for the first',
    });
    mayGoOn.resolve();
    await Promise.all([one, other]);
    const total = (await hours('early')).find((row) => row.aggregation === 'sum')?.total;
    const outcome = Object.fromEntries((await states()).map((row) => [row.kind, row.state]));
    expect({ ...outcome, ...(total && { total }) }).toEqual(expected);
    await expectCountersToAgree();
  });
});

test('an amendment that a meter cannot read is refused, and the event stays as it was', async () => {
  await metering.apply([
    batchOf(0, 0n, [event('a', { properties: { n: '5' } }), correction('a', 'amend', { properties: {} })]),
  ]);
  expect(await states()).toEqual([
    { kind: 'amend', state: 'refused', detail: expect.stringMatching(/"n", which is missing/) },
  ]);
  expect((await hours('early')).find((row) => row.aggregation === 'sum')).toMatchObject({ total: '5' });
});

test('a void of one of several that stood, of one that did not, and of the last leave the hour exact', async () => {
  const at = (id: string, n: string) => event(id, { properties: { n } });
  await metering.apply([batchOf(0, 0n, [at('a', '5'), at('b', '5'), at('c', '7')])]);
  const standing = async () =>
    Object.fromEntries(
      (await hours('early')).filter((row) => row.standing).map((row) => [row.aggregation, row.standing]),
    );
  expect(await standing()).toEqual({ min: '5', max: '7', latest: '7' });
  await metering.apply([batchOf(0, 3n, [correction('a', 'void')])]);
  expect(await standing()).toEqual({ min: '5', max: '7', latest: '7' });
  await metering.apply([batchOf(0, 4n, [correction('c', 'void')])]);
  expect(await standing()).toEqual({ min: '5', max: '5', latest: '5' });
  await metering.apply([batchOf(0, 5n, [correction('b', 'void'), at('d', '1')])]);
  expect(await standing()).toEqual({ min: '1', max: '1', latest: '1' });
  await metering.apply([batchOf(0, 7n, [correction('d', 'void')])]);
  expect(await hours('early')).toEqual([]);
});

test('what an archived meter counted before can still be taken back', async () => {
  const key = 'gone_sum';
  await makeMeter(key, 'sum');
  await metering.apply([batchOf(0, 0n, [event('a', { properties: { n: '5' } })])]);
  await owner.query(
    `UPDATE meters SET archived_at = now(), ended_at_log = '{"epoch": 1, "offsets": {"0": "1"}}' WHERE key = $1`,
    [key],
  );
  await owner.query('UPDATE catalog_version SET version = version + 1');
  await metering.apply([
    batchOf(0, 1n, [event('b', { properties: { n: '7' } }), correction('a', 'void'), correction('b', 'void')]),
  ]);
  expect(await hours('gone')).toEqual([]);
});

const values = fc.constantFrom('0', '1', '2.5', '-3', '1000000000000000000000.000001');
const payloads = fc.record({
  n: values,
  hour: fc.integer({ min: 0, max: 1 }),
  minute: fc.integer({ min: 0, max: 3 }),
  customer: fc.constantFrom('acme', 'zoo'),
  skipped: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
const timeOf = ({ hour, minute }: { hour: number; minute: number }) => HOUR_START + hour * 3_600_000 + minute * 60_000;
const steps = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('event' as const),
      id: fc.integer({ min: 0, max: 7 }),
      payload: payloads,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('void' as const), id: fc.integer({ min: 0, max: 7 }), payload: payloads }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('amend' as const),
      id: fc.integer({ min: 0, max: 7 }),
      payload: payloads,
    }),
  },
);

function recordOf({
  what,
  id,
  payload,
}: typeof steps extends fc.Arbitrary<infer Step> ? Step : never): UsageEvent | Correction {
  const time = timeOf(payload);
  const properties = { n: payload.n, ...(payload.skipped && { skip: true }) };
  if (what === 'void') return correction(`e${id}`, 'void');
  if (what === 'amend') return correction(`e${id}`, 'amend', { customer: payload.customer, time, properties });
  return event(`e${id}`, { customer: payload.customer, time, properties });
}

test('law: events, conflicts, voids and amendments in any batches give what the surviving events give, also to a meter made and backfilled on the way', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 1, maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      async (sent, sizes, madeAt, chunk) => {
        await metering.clear();
        round += 1;
        const prefix = `late${round}`;
        const partitions = partitionsOf(sent.map(recordOf));
        const at = [0, 0, 0];
        let applied = 0;
        let isMade = false;
        for (let turn = 0; at.some((next, p) => next < (partitions[p] as unknown[]).length); turn += 1) {
          if (!isMade && applied >= madeAt) {
            isMade = true;
            await makeLateMeters(prefix);
          }
          const p = turn % 3;
          const size = sizes[turn % sizes.length] as number;
          const values = (partitions[p] as (UsageEvent | Correction)[]).slice(at[p], (at[p] as number) + size);
          if (values.length === 0) continue;
          const batch = batchOf(p, BigInt(at[p] as number), values);
          await metering.apply([batch]);
          if (turn % 4 === 0) await metering.apply([batch]);
          at[p] = (at[p] as number) + values.length;
          applied += values.length;
          if (isMade) await backfillChunk(metering.worker, chunk);
        }
        if (!isMade) await makeLateMeters(prefix);
        while (await backfillChunk(metering.worker, chunk));
        const expected = expectedHours(partitions.flat(), AGGREGATIONS);
        expect(await hours('early')).toEqual(expected);
        expect(await hours(prefix)).toEqual(expected);
        await expectCountersToAgree();
        await removeMeters(prefix);
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

test('law: the same when partitions and backfill are worked on at the same time', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 20, maxLength: 80 }),
      fc.integer({ min: 1, max: 9 }),
      async (sent, size) => {
        await metering.clear();
        round += 1;
        const prefix = `busy${round}`;
        const partitions = partitionsOf(sent.map(recordOf));
        const work = async (records: readonly (UsageEvent | Correction)[], partition: number) => {
          for (let at = 0; at < records.length; at += size)
            await metering.apply([batchOf(partition, BigInt(at), records.slice(at, at + size))]);
        };
        const late = makeLateMeters(prefix).then(async () => {
          while (await backfillChunk(metering.worker, size));
        });
        await Promise.all([...partitions.map(work), late]);
        const expected = expectedHours(partitions.flat(), AGGREGATIONS);
        expect(await hours('early')).toEqual(expected);
        expect(await hours(prefix)).toEqual(expected);
        await expectCountersToAgree();
        await removeMeters(prefix);
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
}, 120_000);

function partitionsOf(records: readonly (UsageEvent | Correction)[]): (UsageEvent | Correction)[][] {
  return [0, 1, 2].map((p) =>
    records.filter((one) => identify(ORGANIZATION, one.source, one.id).partitionKey.readUInt32BE(0) % 3 === p),
  );
}

async function removeMeters(prefix: string): Promise<void> {
  await owner.query('DELETE FROM meter_backfills');
  await owner.query('DELETE FROM meters WHERE key LIKE $1', [`${prefix}_%`]);
  await owner.query('UPDATE catalog_version SET version = version + 1');
}

async function makeLateMeters(prefix: string): Promise<void> {
  for (const aggregation of AGGREGATIONS) {
    const id = await makeMeter(`${prefix}_${aggregation}`, aggregation);
    await inTransaction(owner, async (tx) => {
      await lockCatalogExclusive(tx);
      await requestBackfill(tx, ORGANIZATION, id);
    });
  }
}

/** Per meter the hours hold as many events as were counted by day of arrival; per partition as many records as offsets passed. */
async function expectCountersToAgree(): Promise<void> {
  const { rows: meters } = await owner.query(
    `SELECT key FROM meters m
      WHERE coalesce((SELECT sum(event_count) FROM usage_hourly u WHERE u.meter_id = m.id), 0)
         <> coalesce((SELECT sum(event_count) FROM meter_counts c WHERE c.meter_id = m.id), 0)`,
  );
  const { rows: partitions } = await owner.query(
    `SELECT partition FROM log_offsets o
      WHERE next_offset - first_offset <> coalesce((SELECT sum(records) FROM record_counts c WHERE c.log_partition = o.partition AND c.log_epoch = o.epoch), 0)`,
  );
  expect([meters, partitions]).toEqual([[], []]);
}
