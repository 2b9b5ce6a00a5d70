import { expect, test } from '@jest/globals';
import type { UsageEvent } from '#libs/events/event.ts';

import type { Meter } from './meter.ts';
import { groupKeyOf, readEvent } from './read-event.ts';
import { readValue } from './read-value.ts';

const meter: Meter = {
  organizationId: 1,
  id: 1,
  key: 'bytes',
  eventType: 'call',
  aggregation: 'sum',
  valueProperty: 'bytes',
  groupBy: [],
  filter: [],
  effectiveFrom: null,
  effectiveUntil: null,
  startedAt: { epoch: 1, offsets: new Map() },
  endedAt: null,
};
const event = (properties: UsageEvent['properties'], time = 0): UsageEvent => ({
  id: 'a',
  source: '',
  type: 'call',
  customer: 'c',
  subscription: '',
  time,
  timeGiven: true,
  properties,
});

test.each([
  [12, '12'],
  [0.1, '0.1'],
  [1e-7, '0.0000001'],
  [1e21, '1000000000000000000000'],
  [-3.5, '-3.5'],
  ['123456789012345678901234567890.123456789012345', '123456789012345678901234567890.123456789012345'],
])('%p is read exactly', (value, expected) => {
  const read = readValue(meter, { bytes: value });
  expect(read.ok && read.value).toBe(expected);
});

test.each([[undefined], ['1e5'], ['0x10'], [''], [' 1'], ['1,5'], [true], ['NaN'], [1e-50]])(
  '%p is no quantity, and never 0',
  (value) => {
    const properties = value === undefined ? {} : { bytes: value };
    expect(readValue(meter, properties as never)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/meter "bytes" sums the property "bytes", which (is|has)/),
    });
  },
);

test('a property name of every object is not a property of the event', () => {
  expect(readValue({ ...meter, valueProperty: 'constructor' }, {}).ok).toBe(false);
  expect(groupKeyOf({ ...meter, groupBy: ['toString'] }, event({}))).toBe('{"toString":null}');
});

test('groups are canonical: order of names does not matter, a missing value is null', () => {
  expect(groupKeyOf({ ...meter, groupBy: ['zone', 'area'] }, event({ zone: 1, area: 'x' }))).toBe(
    '{"area":"x","zone":1}',
  );
  expect(groupKeyOf({ ...meter, groupBy: ['zone'] }, event({}))).toBe('{"zone":null}');
});

test('a meter counts in its span of time, half open', () => {
  const spanned = { ...meter, effectiveFrom: 1000, effectiveUntil: 2000 };
  const kinds = [999, 1000, 1999, 2000].map((time) => readEvent(event({ bytes: 1 }, time), [spanned]).kind);
  expect(kinds).toEqual(['unassigned', 'metered', 'metered', 'unassigned']);
});
