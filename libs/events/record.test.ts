import { hash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import type { Correction, UsageEvent } from './event.ts';
import { identify } from './identify.ts';
import { decodeRecord, encodeCorrection, encodeEvent, eventText, hashOf } from './record.ts';

const event: UsageEvent = {
  id: 'e1',
  source: 's',
  type: 't',
  customer: 'c',
  subscription: '',
  time: 1_790_000_000_000,
  timeGiven: true,
  properties: { n: 1.5 },
};
const ARRIVAL = 1_795_000_000_000;

const text = fc.string({ unit: 'binary', maxLength: 100 }).filter((s) => s.isWellFormed() && !s.includes('\0'));
const properties = fc.dictionary(
  text,
  fc.oneof(
    text,
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
  ),
  { noNullPrototype: true },
);
const events = fc
  .record({
    id: text,
    source: text,
    type: text,
    customer: text,
    subscription: text,
    time: fc.integer({ min: 0, max: 4e12 }),
    timeGiven: fc.boolean(),
    properties,
  })
  .map((one) => ({ ...one, time: one.timeGiven ? one.time : ARRIVAL }));
const organizations = fc.integer({ min: 1, max: 2 ** 31 - 1 });

const offsets = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 7e11 }));

test('law: what is encoded is decoded, a missing time as the arrival by the clock of its organization, which is no part of the hash', () => {
  fc.assert(
    fc.property(events, organizations, offsets, (generated, organizationId, clockOffset) => {
      expect(decodeRecord(encodeEvent(organizationId, generated, clockOffset), ARRIVAL)).toEqual({
        ok: true,
        record: {
          kind: 'event',
          organizationId,
          event: generated.timeGiven ? generated : { ...generated, time: ARRIVAL + clockOffset },
          identity: identify(organizationId, generated.source, generated.id),
          hash: hash('sha256', encodeEvent(organizationId, generated), 'hex'),
          clockOffset,
        },
      });
    }),
  );
});

test('law: a record is canonical JSON, with the clock or without', () => {
  fc.assert(
    fc.property(events, organizations, offsets, (generated, organizationId, clockOffset) => {
      const value = encodeEvent(organizationId, generated, clockOffset).toString();
      expect(value).toBe(canonicalJson(JSON.parse(value)));
    }),
  );
});

test('law: the text of an event is its canonical JSON', () => {
  fc.assert(
    fc.property(events, organizations, (generated, organization) => {
      const { timeGiven, source, subscription, time, ...rest } = generated;
      const plain = {
        v: 2,
        organization,
        ...rest,
        ...(source !== '' && { source }),
        ...(subscription !== '' && { subscription }),
        ...(timeGiven && { time }),
      };
      expect(eventText(organization, generated)).toBe(canonicalJson(plain));
    }),
  );
});

test('law: a correction that is encoded is decoded, with the identity of its original', () => {
  const corrections: fc.Arbitrary<Correction> = fc.record({
    kind: fc.constantFrom('void', 'amend'),
    id: text,
    source: text,
    correctionId: text,
    reason: text,
    actor: text,
    changes: fc.record({ type: text, customer: text, time: fc.integer(), properties }, { requiredKeys: [] }),
  });
  fc.assert(
    fc.property(corrections, organizations, (correction, organizationId) => {
      expect(decodeRecord(encodeCorrection(organizationId, correction), ARRIVAL)).toMatchObject({
        ok: true,
        record: {
          kind: 'correction',
          correction,
          identity: identify(organizationId, correction.source, correction.id),
        },
      });
    }),
  );
});

test('identity is organization, source and id; the hash covers the payload but not a time that was not given', () => {
  const { key } = identify(1, 's', 'e1');
  for (const other of [identify(2, 's', 'e1'), identify(1, 's', 'e2'), identify(1, 'x', 'e1')])
    expect(other.key).not.toEqual(key);
  const hashed = (over: Partial<UsageEvent>) => hashOf(eventText(1, { ...event, ...over }));
  for (const over of [{ customer: 'd' }, { type: 'u' }, { subscription: 'x' }, { time: 5 }, { properties: {} }])
    expect(hashed(over)).not.toEqual(hashed({}));
  expect(hashed({ timeGiven: false, time: 5 })).toEqual(hashed({ timeGiven: false }));
  expect(hashed({ timeGiven: false })).not.toEqual(hashed({}));
});

test.each([
  ['a UUID version 7', '018f2b6e-7c1a-7abc-9def-0123456789ab', '018f2b6e7c1a'],
  ['a ULID', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '01563e3ab5d3'],
])('the key of %s begins with its time', (_name, id, time) => {
  expect(identify(1, '', id).key).toMatch(new RegExp(`^${time}[0-9a-f]{20}$`));
  expect(identify(2, '', id).key).not.toBe(identify(1, '', id).key);
});

test.each(['018f2b6e-7c1a-4abc-9def-0123456789ab', '81ARZ3NDEKTSV4RRFFQ69G5FAV', 'order-1'])(
  '%s holds no time',
  (id) => {
    const digest = hash('sha256', JSON.stringify([1, '', id]), 'hex');
    expect(identify(1, '', id).key).toBe(digest.slice(0, 32));
  },
);

const voided: Correction = {
  kind: 'void',
  id: 'e1',
  source: 's',
  correctionId: 'v',
  reason: 'r',
  actor: 'a',
  changes: {},
};

test.each([
  ['not JSON', Buffer.from('{"v":2'), 'undecodable', 0],
  ['not UTF-8', Buffer.from([0xff, 0xfe]), 'undecodable', 0],
  ['null', Buffer.from('null'), 'unknown_version', 0],
  ['a later version', Buffer.from('{"v":9,"organization":3}'), 'unknown_version', 3],
  ['no organization', Buffer.from('{"v":2}'), 'malformed', 0],
  ['NUL in an id', encodeEvent(4, { ...event, id: 'a\0' }), 'malformed', 4],
  ['a clock that was moved back', encodeEvent(4, event, -1000), 'malformed', 4],
  ['a clock that is no number', Buffer.from(eventText(4, event).replace('{', '{"clock":"1",')), 'malformed', 4],
  ['nested properties', encodeEvent(4, { ...event, properties: { a: { b: 1 } } as never }), 'malformed', 4],
  ['an impossible time', encodeEvent(4, { ...event, time: 1e300 }), 'malformed', 4],
  ['a time that only JavaScript knows', encodeEvent(4, { ...event, time: 8.64e15 }), 'malformed', 4],
  [
    'an infinite property',
    Buffer.from('{"v":2,"organization":4,"id":"a","type":"t","customer":"c","time":1,"properties":{"n":1e999}}'),
    'malformed',
    4,
  ],
  ['a correction of no kind', Buffer.from('{"v":2,"organization":4,"kind":"undo","id":"a"}'), 'malformed', 4],
  [
    'a correction with nested changes',
    encodeCorrection(4, { ...voided, changes: { properties: { a: [] } as never } }),
    'malformed',
    4,
  ],
  ['a customer longer than an index row', encodeEvent(4, { ...event, customer: 'x'.repeat(6000) }), 'malformed', 4],
  [
    'a version nested without end',
    Buffer.from(`{"v":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    'unknown_version',
    0,
  ],
])('%s is an answer, not an exception', (_name, value, reason, organizationId) => {
  expect(decodeRecord(value, ARRIVAL)).toMatchObject({ ok: false, fault: { reason, organizationId } });
});
