import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plainFields } from './plain-fields.ts';
import { readBySchema, readFields } from './read-fields.ts';

/* The short way and the schema must agree on everything that JSON can say: what the short way takes, the schema takes as the same. */

const nastyText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    '\0',
    'a\0b',
    '\ud800',
    '\udc00\ud800',
    '\u2028',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\ufeff',
  ),
  fc
    .constantFrom('😀', 'é', 'x', '"', '\\')
    .chain((unit) => fc.integer({ min: 250, max: 260 }).map((n) => unit.repeat(n))),
  fc.constantFrom('😀', 'x', '\u0007').chain((unit) => fc.integer({ min: 995, max: 1005 }).map((n) => unit.repeat(n))),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  // Half pairs too, which fast-check's own units leave out.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
);
const goodText = fc.string({ minLength: 1, maxLength: 30 });
const text = fc.oneof({ weight: 5, arbitrary: goodText }, { weight: 1, arbitrary: nastyText });
const nastyNumber = fc.constantFrom(
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53),
  1e300,
  -0,
  0.1,
  5e-324,
  Number.POSITIVE_INFINITY,
  1e21,
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true }), nastyNumber);
const scalar = fc.oneof(text, number, fc.boolean());
const value = fc.oneof({ weight: 12, arbitrary: scalar }, { weight: 1, arbitrary: fc.jsonValue() });
const properties = fc.oneof(
  { weight: 8, arbitrary: fc.dictionary(text, value, { maxKeys: 8, noNullPrototype: true }) },
  {
    weight: 2,
    arbitrary: fc.dictionary(goodText, scalar, { minKeys: 45, maxKeys: 55, size: 'max', noNullPrototype: true }),
  },
  // About as many bytes as are allowed, in units that take one to six of them.
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', '\u0007', '€', '"', '😀'),
        fc.integer({ min: 2, max: 49 }),
        fc.integer({ min: 40, max: 1000 }),
      )
      .map(([unit, keys, length]) =>
        Object.fromEntries(Array.from({ length: keys }, (_, i) => [`p${i}`, unit.repeat(length).slice(0, 1000)])),
      ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const field = <T>(good: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 20, arbitrary: good as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: fc.jsonValue() });
const items = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record(
      {
        id: field(text),
        source: field(text),
        type: field(text),
        customer: field(text),
        subscription: field(text),
        time: field(fc.oneof(fc.constant('2026-11-21T12:00:00Z'), number, text)),
        properties: field(properties),
        extra: fc.constantFrom(1, null),
      },
      { requiredKeys: ['id', 'type', 'customer'] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const withoutExtra = items.map((item) => {
  // One in many keeps the unknown field: nearly all would be refused by it alone.
  if (typeof item !== 'object' || item === null || !('extra' in item) || item.extra === null) return item;
  const { extra: _, ...rest } = item as Record<string, unknown>;
  return rest;
});
/** As it comes from a body: only what JSON can say, `__proto__` an own property. */
const fromJson = (item: unknown): unknown => JSON.parse(JSON.stringify(item).replaceAll('"p49"', '"__proto__"'));

test('law: what the short way takes, the schema takes with the same fields', () => {
  let taken = 0;
  fc.assert(
    fc.property(withoutExtra, (generated) => {
      const item = fromJson(generated);
      const plain = plainFields(item, 16 * 1024);
      if (plain === undefined) return;
      taken += 1;
      expect(readBySchema(item)).toEqual(plain);
    }),
    { numRuns: 3000 },
  );
  // Otherwise the law would hold for nothing.
  expect(taken).toBeGreaterThan(300);
});

test('law: with or without the short way the answer is the same', () => {
  fc.assert(
    fc.property(withoutExtra, (generated) => {
      const item = fromJson(generated);
      expect(readFields(item)).toEqual(readBySchema(item));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['infinity', '{"id":"a","type":"t","customer":"c","properties":{"n":1e400}}'],
  ['an integer beyond 2^53', '{"id":"a","type":"t","customer":"c","properties":{"n":9007199254740993}}'],
  ['one in exponent form', '{"id":"a","type":"t","customer":"c","properties":{"n":9.007199254740993e15}}'],
  ['a large power of ten', '{"id":"a","type":"t","customer":"c","properties":{"n":1E+20}}'],
  ['a negative one', '{"id":"a","type":"t","customer":"c","properties":{"n":-9007199254740993}}'],
  ['one with a point', '{"id":"a","type":"t","customer":"c","properties":{"n":9007199254740993.0}}'],
])('%s is refused with the advice to send a string', (_name, json) => {
  expect(readFields(JSON.parse(json))).toEqual({
    code: 'invalid_event',
    pointer: '/properties/n',
    detail: expect.stringMatching(/send it as a string/),
  });
});

test('the usual event takes the short way', () => {
  const usual = {
    id: '018f2b6e-7c1a-7abc-9def-0123456789ab',
    source: 'eu-1',
    type: 'api.request',
    customer: 'Ærøskøbing 東京',
    subscription: 'sub-1',
    time: '2026-11-21T12:00:00Z',
    properties: { bytes: 1024, ratio: 0.25, big: '12345678901234567890.5', ok: true, path: '/v1/é\n' },
  };
  expect(plainFields(usual, 16 * 1024)).toEqual(usual);
});

test.each([
  ['more than 50 properties', Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, 1]))],
  ['a property that is named __proto__', JSON.parse('{"__proto__":1}')],
  ['a nested one', { a: {} }],
  ['a null', { a: null }],
  ['half a surrogate pair', { a: 'x\ud800' }],
  ['NUL', { a: 'x\0' }],
  ['a text of 1,001 characters', { a: 'x'.repeat(1001) }],
  ['a name with a control character', { 'a\u0007': 1 }],
  ['a name with half a surrogate pair', { '\udc00': 1 }],
  ['an empty name', { '': 1 }],
  ['a list', [1]],
])('%s does not take the short way', (_name, given) => {
  const item = { id: 'a', type: 't', customer: 'c', properties: given };
  expect(plainFields(item, 16 * 1024)).toBeUndefined();
  expect(readFields(item)).toMatchObject({ code: 'invalid_event' });
});
