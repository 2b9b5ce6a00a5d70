import { expect, test } from '@jest/globals';
import { erasableFrom } from './erasable-from.ts';

test.each([
  ['2015-01-01', 10, '2026-01-01'],
  ['2015-12-31', 10, '2026-01-01'],
  ['2016-02-29', 8, '2025-01-01'],
  ['2025-06-30', 0, '2026-01-01'],
])('after a document of %s, kept for %s years, from %s', (lastIssued, years, from) => {
  expect(erasableFrom(lastIssued, years)).toBe(from);
});
