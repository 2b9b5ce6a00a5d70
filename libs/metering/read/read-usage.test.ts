import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inOrganization, inTransaction } from '#libs/database/transaction.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { identify } from '#libs/events/identify.ts';
import { eventText, hashOf } from '#libs/events/record.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import {
  ARRIVAL,
  batchOf,
  correctionOf,
  usageEvent as event,
  HOUR_START,
  ORGANIZATION,
  startMetering,
  type TestMetering,
} from '#tests/support/metering.ts';
import { MAX_AHEAD_MS } from '../ahead.ts';
import { backfillChunk } from '../backfill/backfill-chunk.ts';
import { requestBackfill } from '../backfill/request-backfill.ts';
import { HOUR } from '../hour.ts';
import type { Aggregation } from '../meter.ts';
import { endMeterVersion } from '../store/end-meter-version.ts';
import { lockCatalogExclusive } from '../store/lock-catalog-exclusive.ts';
import { readUsage } from './read-usage.ts';
import type { Usage, UsageRequest } from './usage-request.ts';

const AGGREGATIONS: readonly Aggregation[] = ['count', 'sum', 'min', 'max', 'avg', 'latest', 'unique', 'weighted_sum'];
const VERSION_BORDER = HOUR_START + 3 * HOUR;
const MINUTE = 60_000;

let metering: TestMetering;

beforeAll(async () => {
  metering = await startMetering();
  for (const aggregation of AGGREGATIONS) {
    const value = aggregation === 'count' ? {} : { value_property: 'bytes' };
    await metering.meter({ key: aggregation, aggregation, ...value, group_by: ['region', 'tier'] });
  }
  const first = await metering.meter({ key: 'versioned', aggregation: 'sum', value_property: 'bytes' });
  await inTransaction(metering.owner, (tx) => endMeterVersion(tx, ORGANIZATION, first, new Date(VERSION_BORDER)));
  await metering.meter({
    key: 'versioned',
    version: 2,
    aggregation: 'sum',
    value_property: 'double',
    filter: [{ property: 'region', eq: 'eu' }],
    effective_from: VERSION_BORDER,
  });
});
afterAll(() => metering.database.drop());
beforeEach(() => metering.clear());

/** Under the API's role, so that its rights are tried too. */
const read = (requests: readonly UsageRequest[]): Promise<Usage[][]> =>
  inOrganization(
    metering.database.pool('tollbook_api'),
    ORGANIZATION,
    (tx) => readUsage(tx, ORGANIZATION, requests),
    'REPEATABLE READ READ ONLY',
  );

/** Puts records into the partitions in which they would meet, in batches of a size, and applies them. */
async function applyAll(records: readonly (UsageEvent | Correction)[], size: number): Promise<void> {
  for (const partition of [0, 1, 2]) {
    const own = records.filter(
      (one) => identify(ORGANIZATION, one.source, one.id).partitionKey.readUInt32BE(0) % 3 === partition,
    );
    for (let at = 0; at < own.length; at += size)
      await metering.apply([batchOf(partition, BigInt(at), own.slice(at, at + size))]);
  }
}

/** The same by a direct calculation over the events that stand. */
function expected(aggregation: Aggregation, standing: readonly UsageEvent[], { from, to }: UsageRequest) {
  const inside = standing.filter(({ time }) => time >= from && time < to);
  const earlier = standing.filter(({ time }) => time < from);
  const values = inside.map((one) => new Big(String(one.properties.bytes)));
  const sum = (all: readonly Big[]) => all.reduce((total, one) => total.plus(one), new Big('0'));
  const least = (sign: 1 | -1) => [...values].sort((a, b) => sign * a.cmp(b))[0] ?? new Big('0');
  const level = sum(earlier.map((one) => new Big(String(one.properties.bytes))));
  const quantity = (): Big => {
    switch (aggregation) {
      case 'count':
        return new Big(String(inside.length));
      case 'sum':
        return sum(values);
      case 'avg':
        return values.length === 0 ? new Big('0') : sum(values).div(String(values.length));
      case 'min':
        return least(1);
      case 'max':
        return least(-1);
      case 'latest': {
        const [last] = [...inside].sort(
          (a, b) => b.time - a.time || Buffer.compare(Buffer.from(b.id), Buffer.from(a.id)),
        );
        return new Big(String(last?.properties.bytes ?? '0'));
      }
      case 'unique':
        return new Big(String(new Set(inside.map((one) => one.properties.bytes)).size));
      case 'weighted_sum':
        return inside
          .reduce(
            (area, one) => area.plus(new Big(String(one.properties.bytes)).times(String(to - one.time))),
            level.times(String(to - from)),
          )
          .div(String(to - from));
    }
  };
  const digest = inside.reduce(
    (all, one) => (all + BigInt(`0x${hashOf(eventText(ORGANIZATION, one))}`)) % 2n ** 256n,
    0n,
  );
  return { quantity: decimalString(quantity()), eventCount: String(inside.length), digest: digest.toString() };
}

const instant = fc.oneof(
  fc.integer({ min: 0, max: 24 }).map((quarter) => HOUR_START + quarter * 15 * MINUTE),
  fc.integer({ min: 0, max: 6 * HOUR }).map((ms) => HOUR_START + ms),
);
const bytes = fc.integer({ min: -300, max: 300 }).map((hundredths) => new Big(String(hundredths)).div('100').toFixed());
const payload = fc.record({
  time: instant,
  customer: fc.constantFrom('acme', 'acme-alias', 'zoo'),
  subscription: fc.constantFrom('', 's1', 's2'),
  properties: fc.record({
    bytes,
    double: bytes,
    region: fc.constantFrom('eu', 'us'),
    tier: fc.constantFrom(1, 2, true),
  }),
});
const fate = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'stays' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'void' as const }) },
  { weight: 1, arbitrary: payload.map((changes) => ({ kind: 'amend' as const, changes })) },
);
const history = fc.array(fc.tuple(payload, fate), { minLength: 1, maxLength: 25 }).chain((drawn) => {
  const sent: (UsageEvent | Correction)[] = [];
  const standing: UsageEvent[] = [];
  for (const [index, [first, then]] of drawn.entries()) {
    // 'é' and '\u{1f600}' sort differently by bytes and by UTF-16.
    const id = `${['e', 'é', '\u{1f600}', '\uffee'][index % 4]}${index}`;
    const original = event(id, first);
    sent.push(original);
    if (then.kind === 'stays') standing.push(original);
    else sent.push(correctionOf(id, then.kind, then.kind === 'amend' ? then.changes : {}));
    if (then.kind === 'amend') standing.push({ ...original, ...then.changes });
  }
  return fc.record({
    sent: fc.shuffledSubarray(sent, { minLength: sent.length }),
    standing: fc.constant(standing),
    size: fc.integer({ min: 1, max: 9 }),
  });
});
const span = fc
  .tuple(instant, instant)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

describe('law: what is read equals a direct calculation over the events that stand', () => {
  test('for every aggregation, any span, order, batching, void and amendment', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(span, { minLength: 1, maxLength: 4 }),
        async ({ sent, standing, size }, spans) => {
          await metering.clear();
          await applyAll(sent, size);
          const requests = spans.flatMap((one) =>
            AGGREGATIONS.map((meter) => ({ meter, names: ['acme', 'acme-alias'], ...one })),
          );
          const answers = await read(requests);
          const own = standing.filter(({ customer }) => customer !== 'zoo');
          for (const [index, request] of requests.entries()) {
            const [answer, ...more] = answers[index] as Usage[];
            expect(more).toEqual([]);
            expect([request.meter, answer]).toMatchObject([
              request.meter,
              expected(request.meter as Aggregation, own, request),
            ]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('by group, filter and subscription', async () => {
    await fc.assert(
      fc.asyncProperty(history, span, async ({ sent, standing, size }, one) => {
        await metering.clear();
        await applyAll(sent, size);
        const requests = AGGREGATIONS.map(
          (meter): UsageRequest => ({
            meter,
            names: ['acme'],
            subscription: { named: 's1', orNone: true },
            groups: { by: ['region'], filter: { tier: ['1', 'true'] } },
            ...one,
          }),
        );
        const answers = await read(requests);
        for (const [index, request] of requests.entries()) {
          for (const region of ['eu', 'us']) {
            const own = standing.filter(
              ({ customer, subscription, properties }) =>
                customer === 'acme' && subscription !== 's2' && properties.region === region && properties.tier !== 2,
            );
            const answer = answers[index]?.find(({ groupKey }) => groupKey === JSON.stringify({ region }));
            expect([request.meter, region, answer ?? { quantity: '0', eventCount: '0', digest: '0' }]).toMatchObject([
              request.meter,
              region,
              expected(request.meter as Aggregation, own, request),
            ]);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test('over the border of two versions of a meter', async () => {
    await fc.assert(
      fc.asyncProperty(history, span, async ({ sent, standing, size }, one) => {
        await metering.clear();
        await applyAll(sent, size);
        const [[answer]] = (await read([{ meter: 'versioned', names: ['zoo'], ...one }])) as [[Usage]];
        const own = standing.filter(
          ({ customer, time, properties }) =>
            customer === 'zoo' && (time < VERSION_BORDER || properties.region === 'eu'),
        );
        const inside = own.filter(({ time }) => time >= one.from && time < one.to);
        const sum = inside.reduce(
          (total, { time, properties }) =>
            total.plus(String(time < VERSION_BORDER ? properties.bytes : properties.double)),
          new Big('0'),
        );
        expect([answer.quantity, answer.eventCount]).toEqual([decimalString(sum), String(inside.length)]);
      }),
      { numRuns: 25 },
    );
  });
});

test('the part of an hour counts what its meter counted: not what came before the meter, until a backfill reaches it', async () => {
  const early = { type: 'late', time: HOUR_START + 40 * MINUTE };
  await metering.apply([batchOf(0, 0n, [event('early', early), event('gone', early)])]);
  const meterId = await metering.meter({ key: 'late', event_type: 'late' });
  await metering.apply([batchOf(0, 2n, [event('live', early), correctionOf('gone', 'void')])]);
  const half = { meter: 'late', names: ['acme'], from: HOUR_START + 30 * MINUTE, to: HOUR_START + 45 * MINUTE };
  const counts = async () =>
    (await read([half, { ...half, from: HOUR_START, to: HOUR_START + HOUR }])).map(([one]) => one?.eventCount);
  expect(await counts()).toEqual(['1', '1']);
  await inTransaction(metering.owner, async (tx) => {
    await lockCatalogExclusive(tx);
    await requestBackfill(tx, ORGANIZATION, meterId);
  });
  expect(await counts()).toEqual(['1', '1']);
  while ((await backfillChunk(metering.worker, 1)) !== null) {
    const [part, whole] = await counts();
    expect(part).toBe(whole);
  }
  expect(await counts()).toEqual(['2', '2']);
});

test('of two events at one time the one with the greater id by bytes stands, also under two names of a customer', async () => {
  // By UTF-16 code units the second would be the greater.
  const tied = (id: string, customer: string, bytes: string) => event(id, { customer, properties: { bytes } });
  await metering.apply([batchOf(0, 0n, [tied('\u{1f600}', 'acme', '1'), tied('\uffee', 'acme-alias', '2')])]);
  const hour = { meter: 'latest', names: ['acme', 'acme-alias'], from: HOUR_START, to: HOUR_START + HOUR };
  const answers = await read([hour, { ...hour, to: HOUR_START + 1 }, { ...hour, names: [...hour.names].reverse() }]);
  expect(answers.map(([answer]) => answer?.quantity)).toEqual(['1', '1', '1']);
});

test('the part of an hour counts an event that arrived as long before its time as any bound allows', async () => {
  const time = ARRIVAL.getTime() + MAX_AHEAD_MS - MINUTE;
  await applyAll([event('early', { time })], 1);
  const hour = Math.floor(time / HOUR) * HOUR;
  const names = ['acme'];
  const [whole, part] = await read([
    { meter: 'count', names, from: hour, to: hour + HOUR },
    { meter: 'count', names, from: time, to: time + 1 },
  ]);
  expect([whole?.[0]?.quantity, part?.[0]?.quantity]).toEqual(['1', '1']);
});

test('a meter that does not exist is an error, never nothing', async () => {
  await expect(read([{ meter: 'nope', names: ['acme'], from: 0, to: ARRIVAL.getTime() }])).rejects.toThrow(RangeError);
});
