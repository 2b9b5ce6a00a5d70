import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.ts';

test('the example of RFC 8785, section 3.2.2', () => {
  const input = {
    numbers: [JSON.parse('333333333.33333329') as number, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000f\nA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(input)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('keys sort by UTF-16 code units (RFC 8785, section 3.2.3)', () => {
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
  const sorted = Object.keys(JSON.parse(canonicalJson(Object.fromEntries(keys.map((key) => [key, 1])))) as object);
  // JSON.parse keeps the order, except that integer-like keys come first, as here.
  expect(sorted).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800'])('%p has no canonical form', (value) => {
  expect(() => canonicalJson(value)).toThrow(RangeError);
});

test('law: the same value has the same bytes in any key order, and they parse back to it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const bytes = canonicalJson(value as Json);
      expect(canonicalJson(reversed(value as Json))).toBe(bytes);
      expect(JSON.parse(bytes)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Record<string, Json>).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, reversed(member)]));
}
