import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identify } from './identify.ts';
import { decodeRecord, encodeRecord } from './record.ts';

const event = {
  id: 'e1',
  source: 's',
  type: 't',
  customer: 'c',
  time: 1_790_000_000_000,
  timeGiven: true,
  properties: { n: 1.5 },
};

test('law: what is encoded is decoded', () => {
  const text = fc.string({ unit: 'binary' }).filter((s) => s.isWellFormed() && !s.includes('\0'));
  const events = fc.record({
    id: text,
    source: text,
    type: text,
    customer: text,
    time: fc.integer({ min: 0, max: 4e12 }),
    timeGiven: fc.boolean(),
    properties: fc.dictionary(
      text,
      fc.oneof(
        text,
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
      ),
      { noNullPrototype: true },
    ),
  });
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (generated, organizationId) => {
      const decoded = decodeRecord(encodeRecord(organizationId, generated));
      expect(decoded).toEqual({
        ok: true,
        record: { organizationId, event: generated, identity: identify(organizationId, generated) },
      });
    }),
  );
});

test('identity is organization, source and id; the hash covers the payload but not a time that was not given', () => {
  const base = identify(1, event);
  expect(identify(1, { ...event, customer: 'd' }).key).toEqual(base.key);
  expect(identify(1, { ...event, customer: 'd' }).hash).not.toEqual(base.hash);
  for (const other of [
    identify(2, event),
    identify(1, { ...event, id: 'e2' }),
    identify(1, { ...event, source: 'x' }),
  ]) {
    expect(other.key).not.toEqual(base.key);
  }
  const untimed = { ...event, timeGiven: false };
  expect(identify(1, { ...untimed, time: 5 }).hash).toEqual(identify(1, untimed).hash);
  expect(identify(1, untimed).hash).not.toEqual(base.hash);
});

test.each([
  ['not JSON', Buffer.from('{"v":1'), 'undecodable', 0],
  ['not UTF-8', Buffer.from([0xff, 0xfe]), 'undecodable', 0],
  ['null', Buffer.from('null'), 'unknown_version', 0],
  ['a later version', Buffer.from('{"v":9,"organization":3}'), 'unknown_version', 3],
  ['no organization', Buffer.from('{"v":1}'), 'malformed', 0],
  ['NUL in an id', encodeRecord(4, { ...event, id: 'a\0' }), 'malformed', 4],
  ['nested properties', encodeRecord(4, { ...event, properties: { a: { b: 1 } } as never }), 'malformed', 4],
  ['an impossible time', encodeRecord(4, { ...event, time: 1e300 }), 'malformed', 4],
  ['a time that only JavaScript knows', encodeRecord(4, { ...event, time: 8.64e15 }), 'malformed', 4],
  [
    'an infinite property',
    Buffer.from(
      '{"v":1,"organization":4,"source":"","id":"a","type":"t","customer":"c","time":1,"time_given":true,"properties":{"n":1e999}}',
    ),
    'malformed',
    4,
  ],
  ['a customer longer than an index row', encodeRecord(4, { ...event, customer: 'x'.repeat(6000) }), 'malformed', 4],
  [
    'a version nested without end',
    Buffer.from(`{"v":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    'unknown_version',
    0,
  ],
])('%s is an answer, not an exception', (_name, value, reason, organizationId) => {
  expect(decodeRecord(value)).toMatchObject({ ok: false, fault: { reason, organizationId } });
});
