import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inOrganization } from '#libs/database/transaction.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { Big } from '#libs/money/decimal.ts';
import {
  batchOf,
  correctionOf,
  usageEvent as event,
  HOUR_START,
  ORGANIZATION,
  startMetering,
  type TestMetering,
} from '#tests/support/metering.ts';
import { HOUR } from '../hour.ts';
import { DIGEST_MODULUS } from '../hour-fold.ts';
import { type CountedEvent, countedEvents } from './counted-events.ts';
import { type CountedHour, type CountedHours, countedHours } from './counted-hours.ts';
import type { EventPosition } from './event-position.ts';
import { readUsage } from './read-usage.ts';
import { readWatermark, type Watermark } from './read-watermark.ts';
import type { UsageRequest } from './usage-request.ts';

/* What was counted at a watermark can be worked out again, whatever came later. */

let metering: TestMetering;
beforeAll(async () => {
  metering = await startMetering();
  await metering.meter({ key: 'sum', aggregation: 'sum', value_property: 'bytes', group_by: ['region'] });
});
afterAll(() => metering?.database.drop());
beforeEach(() => metering.clear());

const inApi = <T>(work: Parameters<typeof inOrganization<T>>[2]): Promise<T> =>
  inOrganization(metering.database.pool('tollbook_api'), ORGANIZATION, work, 'REPEATABLE READ READ ONLY');

const REQUEST: UsageRequest = {
  meter: 'sum',
  names: ['acme', 'alias'],
  subscription: { named: 's1', orNone: true },
  from: HOUR_START + 20 * 60_000,
  to: HOUR_START + 3 * HOUR + 40 * 60_000,
  groups: { by: [], filter: { region: ['eu', 'us'] } },
};

async function allHours(watermark: Watermark, limit: number): Promise<CountedHour[]> {
  const all: CountedHour[] = [];
  for (let from: number | null = REQUEST.from; from !== null; ) {
    const request: UsageRequest & { watermark: Watermark } = { ...REQUEST, from, watermark };
    const page: CountedHours = await inApi((tx) => countedHours(tx, ORGANIZATION, request, () => true, limit));
    expect(page.hours.length).toBeLessThanOrEqual(limit);
    all.push(...page.hours);
    from = page.next;
  }
  return all;
}

async function allEvents(watermark: Watermark, portion: number): Promise<CountedEvent[]> {
  return inApi(async (tx) => {
    const all: CountedEvent[] = [];
    let after: EventPosition | undefined;
    for await (const { counted, last } of countedEvents(tx, ORGANIZATION, { ...REQUEST, watermark }, after, portion)) {
      all.push(...counted);
      after = last;
    }
    return all;
  });
}

const times = fc.integer({ min: 0, max: 4 * 60 - 1 }).map((minutes) => HOUR_START + minutes * 60_000);
const names = fc.constantFrom('acme', 'alias', 'other');
const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const properties = fc.record({ bytes: fc.constantFrom('1', '2.5', '-3'), region: fc.constantFrom('eu', 'us', 'asia') });
const events: fc.Arbitrary<UsageEvent> = fc
  .record({ time: times, customer: names, subscription: fc.constantFrom('', 's1', 's2'), properties })
  .chain((over) => fc.tuple(ids, fc.constantFrom('', 'é')).map(([id, source]) => event(id, { ...over, source })));
const corrections: fc.Arbitrary<Correction> = fc.oneof(
  ids.map((id) => correctionOf(id, 'void')),
  fc
    .tuple(ids, fc.oneof(fc.record({ properties }), fc.record({ time: times }), fc.record({ customer: names })))
    .map(([id, changes]) => correctionOf(id, 'amend', changes)),
);
const records = fc.array(fc.oneof({ arbitrary: events, weight: 3 }, { arbitrary: corrections, weight: 2 }), {
  maxLength: 14,
});

/** What equal ids have in common is their partition. */
const partitionOf = ({ id, source }: UsageEvent | Correction) => (id.charCodeAt(0) + source.length) % 3;

async function applyAll(all: readonly (UsageEvent | Correction)[]): Promise<void> {
  for (const partition of [0, 1, 2]) {
    const own = all.filter((one) => partitionOf(one) === partition);
    if (own.length > 0) await metering.apply([batchOf(partition, await metering.nextOffset(partition), own)]);
  }
}

describe('law: hours and events at a watermark are those that were counted then', () => {
  test('whatever arrived, was amended or voided before and after it', async () => {
    await fc.assert(
      fc.asyncProperty(records, records, fc.integer({ min: 1, max: 5 }), async (before, after, page) => {
        await metering.clear();
        await applyAll(before);
        const { usage, watermark } = await inApi(async (tx) => ({
          usage: (await readUsage(tx, ORGANIZATION, [REQUEST]))[0]?.[0],
          watermark: await readWatermark(tx),
        }));
        await applyAll(after);

        const hours = await allHours(watermark, page);
        const total = hours.reduce((sum, { total: one }) => sum.plus(one), new Big('0'));
        const digest = hours.reduce((sum, one) => sum + one.digest, 0n) % DIGEST_MODULUS;
        expect([total.toFixed(), hours.reduce((sum, one) => sum + one.eventCount, 0), String(digest)]).toEqual([
          usage?.quantity,
          Number(usage?.eventCount),
          usage?.digest,
        ]);

        const counted = await allEvents(watermark, page);
        const values = counted.reduce((sum, { value }) => sum.plus(value), new Big('0'));
        expect(values.toFixed()).toBe(usage?.quantity);
        const order = counted.map(({ row }) => [row.event.time, row.event.source, row.event.id] as const);
        const sorted = [...order].sort(
          ([t, s, i], [u, v, j]) =>
            t - u || Buffer.compare(Buffer.from(s), Buffer.from(v)) || Buffer.compare(Buffer.from(i), Buffer.from(j)),
        );
        expect(order).toEqual(sorted);
      }),
      { numRuns: 30 },
    );
  });
});

test('a group alone, page by page, with hours that hold nothing of it', async () => {
  const eu = [0, 2].map((n) => event(`eu-${n}`, { time: HOUR_START + n * HOUR + 30 * 60_000 }));
  const us = [0, 1, 3].map((n) =>
    event(`us-${n}`, { time: HOUR_START + n * HOUR + 30 * 60_000, properties: { bytes: '7', region: 'us' } }),
  );
  await applyAll([...eu, ...us]);
  const watermark = await inApi(readWatermark);
  const request = { ...REQUEST, groups: { by: ['region'], filter: {} }, watermark };
  const page = await inApi((tx) => countedHours(tx, ORGANIZATION, request, (key) => key.includes('eu'), 1));
  expect(page.hours.map(({ hour, total }) => [hour, total])).toEqual([[HOUR_START, '1.5']]);
  expect(page.next).toBe(HOUR_START + 2 * HOUR);
});
