import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compare, decimal, isQuotient, plus, show, ZERO } from './decimal.ts';
import type { FinalEvent } from './event.ts';
import { type Entry, finalEvent } from './ledger.ts';
import type { MeterSpec } from './meters.ts';
import { isQuantity, showQuantity, windowsOf } from './model.ts';
import { createRandom } from './random.ts';

/* The judge is judged: figures worked out by hand, and answers that are wrong by the least there is. */

const HOUR = 3_600_000;
const at = (
  id: string,
  minutes: number,
  properties: FinalEvent['properties'],
  rest: Partial<FinalEvent> = {},
): FinalEvent => ({
  id,
  source: '',
  type: 'call',
  customer: 'acme',
  subscription: '',
  time: minutes * 60_000,
  properties,
  ...rest,
});
const meter = (rest: Partial<MeterSpec>): MeterSpec => ({
  key: 'm',
  name: 'm',
  event_type: 'call',
  aggregation: 'sum',
  value_property: 'n',
  ...rest,
});
const EVENTS = [
  at('a', 0, { n: '0.1', region: 'eu', status: 200 }),
  at('b', 15, { n: 0.2, region: 'us', status: 500 }),
  at('c', 15, { n: '-7', region: 'eu', status: 503 }),
  at('d', 59, { n: '12345678901234567890.5', status: 404 }),
  at('e', 60, { n: '1', region: 'eu', status: 200 }),
  at('f', 5, { n: '99', region: 'eu', status: 200 }, { type: 'other' }),
];
const firstHour = (spec: MeterSpec) =>
  [...windowsOf(spec, EVENTS, 'hour').values()]
    .filter(({ from }) => from === 0)
    .map((window) => showQuantity(spec, window));

test.each<[string, Partial<MeterSpec>, string[]]>([
  ['count', { aggregation: 'count' }, ['4']],
  ['sum', {}, ['12345678901234567883.8']],
  [
    'sum by group, in which a missing property is a group',
    { group_by: ['region'] },
    ['-6.9', '0.2', '12345678901234567890.5'],
  ],
  ['min', { aggregation: 'min' }, ['-7']],
  ['max', { aggregation: 'max' }, ['12345678901234567890.5']],
  ['avg', { aggregation: 'avg' }, ['12345678901234567883.8 / 4']],
  ['latest', { aggregation: 'latest' }, ['12345678901234567890.5']],
  [
    'latest at one time: the greater id',
    { aggregation: 'latest', filter: [{ property: 'status', gte: '500' }] },
    ['-7'],
  ],
  [
    'unique',
    { aggregation: 'unique', value_property: 'region', filter: [{ property: 'region', exists: true }] },
    ['2'],
  ],
  [
    'a filter',
    {
      filter: [
        { property: 'status', lt: '404' },
        { property: 'region', in: ['eu'] },
      ],
    },
    ['0.1'],
  ],
  ['effective from', { aggregation: 'count', effective_from: new Date(15 * 60_000).toISOString() }, ['3']],
])('%s', (_, spec, expected) => {
  expect(firstHour(meter(spec))).toEqual(expected);
});

test('a weighted sum carries the level that it finds', () => {
  const spec = meter({ aggregation: 'weighted_sum' });
  const events = [at('a', 0, { n: '4' }), at('b', 90, { n: '-1' })];
  const [window] = [...windowsOf(spec, events, { from: HOUR, to: 3 * HOUR }).values()];
  // 4 for two hours, 1 less for one and a half.
  expect(window && isQuantity(spec, window, '3.25')).toBe(true);
  expect(window && isQuantity(spec, window, '3.2500000000000000000000000000000000000001')).toBe(false);
});

test('the least difference is seen', () => {
  const spec = meter({});
  const [window] = [...windowsOf(spec, EVENTS, 'hour').values()];
  expect(window && isQuantity(spec, window, '12345678901234567883.80')).toBe(true);
  expect(window && isQuantity(spec, window, '12345678901234567883.8000000001')).toBe(false);
});

test('any order of the events gives the same figures', () => {
  const spec = meter({ group_by: ['region'] });
  const all = (events: readonly FinalEvent[]) =>
    [...windowsOf(spec, events, 'hour')].map(([key, window]) => `${key}: ${showQuantity(spec, window)}`).sort();
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(all(createRandom(seed).shuffled(EVENTS))).toEqual(all(EVENTS));
    }),
  );
});

test('decimals: what is written is what is read, sums agree with scaled integers, quotients are held to their last digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(20), fc.nat(20), (units, scale, other) => {
      const value = { units, scale };
      expect(compare(decimal(show(value)), value)).toBe(0);
      expect(compare(plus(value, { units: -units, scale }), ZERO)).toBe(0);
      expect(show(plus(value, { units: 1n, scale: other }))).toBe(
        show({ units: units * 10n ** BigInt(other) + 10n ** BigInt(scale), scale: scale + other }),
      );
    }),
  );
  const third = `0.${'3'.repeat(40)}`;
  expect([
    isQuotient(decimal(third), decimal(1), 3n),
    isQuotient(decimal(`${third.slice(0, -1)}5`), decimal(1), 3n),
  ]).toEqual([true, false]);
  expect([show(decimal(1e-7)), show(decimal('1.50')), show(decimal('-0.5'))]).toEqual(['0.0000001', '1.5', '-0.5']);
});

const entry = (rest: Partial<Entry>): Entry => ({
  organization: 0,
  candidates: [at('x', 1, { n: '1' })],
  taken: true,
  firstSentAt: 0,
  takenAt: 0,
  busy: false,
  firstAttempt: false,
  contradicted: false,
  corrections: [],
  ...rest,
});
const amend = (changes: object, taken = true) => ({ id: 'c', kind: 'amend' as const, changes, taken });

test('an event in the end: amended in order, voided, under the name of its customer', () => {
  const name = (customer: string) => customer.toUpperCase();
  expect(
    finalEvent(entry({ corrections: [amend({ properties: { n: '2' } }), amend({ time: 5 })] }), undefined, name),
  ).toMatchObject({
    customer: 'ACME',
    time: 5,
    properties: { n: '2' },
  });
  expect(finalEvent(entry({ corrections: [amend({ time: 5 }, false)] }), undefined, name)?.time).toBe(60_000);
  expect(
    finalEvent(entry({ corrections: [{ id: 'v', kind: 'void', changes: {}, taken: true }] }), undefined, name),
  ).toBeNull();
});

test('of several candidates the stored one counts, and it must have been sent', () => {
  const candidates = [at('x', 1, { n: '1' }), at('x', 1, { n: '2', b: true })];
  const stored = { time: 60_000, timeGiven: true, customer: 'acme', properties: { b: true, n: '2' } };
  expect(finalEvent(entry({ candidates }), stored, String)?.properties).toEqual({ n: '2', b: true });
  expect(() => finalEvent(entry({ candidates }), { ...stored, properties: { n: '3' } }, String)).toThrow('never sent');
});
