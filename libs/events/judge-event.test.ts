import { expect, test } from '@jest/globals';
import { judgeEvent } from './judge-event.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const bounds = { maxAgeDays: 35, maxAheadSeconds: 300 };
const good = {
  id: 'e1',
  type: 'api.request',
  customer: 'acme',
  time: '2026-11-20T10:00:00Z',
  properties: { bytes: 12, region: 'eu', ok: true },
};

test('a good event is taken as it is', () => {
  expect(judgeEvent(good, bounds, now)).toEqual({
    ok: true,
    event: { ...good, source: '', subscription: '', time: Date.parse('2026-11-20T10:00:00Z'), timeGiven: true },
  });
});

test('a missing time becomes the arrival, and says so', () => {
  const { time: _, ...untimed } = good;
  const judged = judgeEvent(untimed, bounds, now);
  expect(judged).toMatchObject({ ok: true, event: { time: now, timeGiven: false } });
});

const refused: [string, unknown, string, string, RegExp][] = [
  ['not an object', 'x', 'invalid_event', '', /JSON object/],
  ['null', null, 'invalid_event', '', /JSON object/],
  ['no id', { ...good, id: undefined }, 'invalid_event', '/id', /id is missing/],
  ['empty id', { ...good, id: '' }, 'invalid_event', '/id', /must not be empty/],
  ['id of 256', { ...good, id: 'x'.repeat(256) }, 'invalid_event', '/id', /at most 255/],
  ['control character', { ...good, customer: 'a\u0007b' }, 'invalid_event', '/customer', /printable/],
  ['lone surrogate', { ...good, customer: 'a\ud800' }, 'invalid_event', '/customer', /printable/],
  ['number as id', { ...good, id: 7 }, 'invalid_event', '/id', /must be a string/],
  ['unknown field', { ...good, amount: 5 }, 'invalid_event', '/amount', /unknown field "amount".*properties/],
  ['nested property', { ...good, properties: { a: { b: 1 } } }, 'invalid_event', '/properties/a', /flat/],
  [
    'null property',
    { ...good, properties: { a: null } },
    'invalid_event',
    '/properties/a',
    /string, a number or a boolean/,
  ],
  ['NUL in a property', { ...good, properties: { 'a/b': 'x\0' } }, 'invalid_event', '/properties/a~1b', /NUL/],
  ['huge integer', { ...good, properties: { n: 2 ** 53 } }, 'invalid_event', '/properties/n', /send it as a string/],
  [
    'infinite number',
    { ...good, properties: JSON.parse('{"n":1e999}') },
    'invalid_event',
    '/properties/n',
    /send it as a string/,
  ],
  ['long string', { ...good, properties: { s: 'x'.repeat(1001) } }, 'invalid_event', '/properties/s', /at most 1000/],
  [
    '51 properties',
    { ...good, properties: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, i])) },
    'invalid_event',
    '/properties',
    /at most 50/,
  ],
  [
    'large properties',
    { ...good, properties: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, 'x'.repeat(1000)])) },
    'event_too_large',
    '/properties',
    /16384 bytes/,
  ],
  [
    'a property named __proto__',
    { ...good, properties: JSON.parse('{"__proto__":1}') },
    'invalid_event',
    '/properties/__proto__',
    /__proto__/,
  ],
  ['time in words', { ...good, time: 'yesterday' }, 'invalid_event', '/time', /RFC 3339/],
  ['date without zone', { ...good, time: '2026-11-20T10:00:00' }, 'invalid_event', '/time', /RFC 3339/],
  ['31 February', { ...good, time: '2026-02-31T10:00:00Z' }, 'invalid_event', '/time', /RFC 3339/],
  ['too old', { ...good, time: '2026-10-17T11:59:59Z' }, 'event_too_old', '/time', /35 days back.*event_max_age_days/],
  [
    'too far ahead',
    { ...good, time: now + 300_001 },
    'event_too_far_ahead',
    '/time',
    /300 seconds ahead.*event_max_ahead_seconds/,
  ],
];

test.each(refused)('%s is refused with code, place and advice', (_name, raw, code, pointer, detail) => {
  const judged = judgeEvent(raw, bounds, now);
  expect(judged).toMatchObject({ ok: false, rejection: { code, pointer } });
  expect((judged as { rejection: { detail: string } }).rejection.detail).toMatch(detail);
});

test.each([
  ['35 days to the millisecond', now - 35 * 86_400_000],
  ['300 s ahead', now + 300_000],
  ['an offset', '2026-11-20T10:00:00+05:30'],
  ['nanoseconds', '2026-11-20T10:00:00.123456789Z'],
])('%s is within the bounds', (_name, time) => {
  expect(judgeEvent({ ...good, time }, bounds, now).ok).toBe(true);
});

test('255 characters outside the basic plane count as 255', () => {
  expect(judgeEvent({ ...good, id: '😀'.repeat(255) }, bounds, now).ok).toBe(true);
  expect(judgeEvent({ ...good, id: '😀'.repeat(256) }, bounds, now).ok).toBe(false);
});
