import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { UsageEvent } from '#libs/events/event.ts';
import { eventText, hashOf } from '#libs/events/record.ts';
import { HourFold } from './hour-fold.ts';
import type { Aggregation, Meter } from './meter.ts';
import { readEvent } from './read-event.ts';

const meter = (id: number, aggregation: Aggregation): Meter => ({
  organizationId: 1,
  id,
  key: aggregation,
  eventType: 'call',
  aggregation,
  valueProperty: aggregation === 'count' ? null : 'n',
  groupBy: [],
  filter: [],
  effectiveFrom: null,
  effectiveUntil: null,
  startedAt: { epoch: 1, offsets: new Map() },
  endedAt: null,
});
const meters = (['count', 'sum', 'min', 'max', 'avg', 'latest', 'unique', 'weighted_sum'] as const).map(
  (aggregation, i) => meter(i + 1, aggregation),
);

const events = fc
  .array(
    fc.record({
      id: fc.integer({ min: 0, max: 1_000_000 }).map(String),
      n: fc.oneof(fc.integer().map(String), fc.constantFrom('0.1', '-2.50', '123456789012345678901234567890.5')),
      time: fc.integer({ min: 0, max: 3 * 3_600_000 }),
      customer: fc.constantFrom('a', 'b'),
      subscription: fc.constantFrom('', 's'),
    }),
    { maxLength: 30 },
  )
  .map((list) =>
    list.map(
      ({ n, ...rest }): UsageEvent => ({ ...rest, source: '', type: 'call', timeGiven: true, properties: { n } }),
    ),
  );

function folded(list: readonly UsageEvent[], back: readonly UsageEvent[] = []) {
  const fold = new HourFold();
  const add = (event: UsageEvent, sign: 1 | -1) => {
    const reading = readEvent(event, meters);
    if (reading.kind === 'metered') fold.add(event, hashOf(eventText(1, event)), reading.meters, sign);
  };
  for (const event of list) add(event, 1);
  for (const event of back) add(event, -1);
  return fold.deltas();
}

test('law: the order of events does not matter', () => {
  fc.assert(
    fc.property(events, fc.infiniteStream(fc.nat()), (list, noise) => {
      const keys = new Map(list.map((event) => [event, noise.next().value as number]));
      const shuffled = [...list].sort((a, b) => (keys.get(a) as number) - (keys.get(b) as number));
      expect(folded(shuffled)).toEqual(folded(list));
    }),
  );
});

test('law: what is taken back leaves nothing but the wish to look again', () => {
  fc.assert(
    fc.property(events, (list) => {
      for (const delta of folded(list, list)) {
        expect(delta).toMatchObject({ eventCount: 0, total: '0', digest: 0n });
        expect([...(delta.unique ?? [])].every(([, count]) => count === 0)).toBe(true);
        expect(delta.weighted ?? '0').toBe('0');
        const { aggregation } = meters[delta.meterId - 1] as Meter;
        expect(delta.takenBack !== null).toBe(['min', 'max', 'latest'].includes(aggregation));
      }
    }),
  );
});

test("the digest of an hour is the sum of its events' hashes, and another set of events has another", () => {
  const [one, two] = ['1', '2'].map(
    (id): UsageEvent => ({
      id,
      source: '',
      type: 'call',
      customer: 'a',
      subscription: '',
      time: 0,
      timeGiven: true,
      properties: { n: '1' },
    }),
  ) as [UsageEvent, UsageEvent];
  const digestOf = (list: readonly UsageEvent[]) => folded(list)[0]?.digest;
  const number = (event: UsageEvent) => BigInt(`0x${hashOf(eventText(1, event))}`);
  expect(digestOf([one, two])).toBe((number(one) + number(two)) % 2n ** 256n);
  expect(digestOf([one, one])).not.toBe(digestOf([one, two]));
});
