import { expect, test } from '@jest/globals';
import { median, medians, percentile, round } from './statistics.ts';

test.each([
  { values: [], share: 0.99, expected: 0 },
  { values: [5], share: 0.5, expected: 5 },
  { values: [30, 10, 20], share: 0.5, expected: 20 },
  { values: Array.from({ length: 100 }, (_, i) => 100 - i), share: 0.99, expected: 100 },
  { values: [1, 2], share: 1, expected: 2 },
])('of $values the share $share lies below $expected', ({ values, share, expected }) => {
  expect(percentile(values, share)).toBe(expected);
});

test.each([
  { values: [], expected: 0 },
  { values: [3, 1, 2], expected: 2 },
  { values: [4, 1, 2, 3], expected: 2.5 },
])('the middle of $values is $expected', ({ values, expected }) => {
  expect(median(values)).toBe(expected);
});

test('each figure of several rounds is taken for itself, also one that a round lacks', () => {
  expect(medians([{ a: 1, b: 10 }, { a: 3 }, { a: 2, b: 20 }])).toEqual({ a: 2, b: 15 });
});

test.each([
  [12_345.6, 12_346],
  [99.94, 99.9],
  [0.012345, 0.0123],
])('%d is shown as %d', (value, shown) => {
  expect(round(value)).toBe(shown);
});
