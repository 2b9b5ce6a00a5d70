import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { ExactSum } from './exact-sum.ts';

const decimals = fc.oneof(
  fc.bigInt({ min: -(10n ** 30n) + 1n, max: 10n ** 30n - 1n }).map(String),
  fc.integer({ min: -999_999_999, max: 999_999_999 }).map(String),
  fc.constantFrom('999999999999999', '-999999999999999', '0.1', '-0.0000001', '0', '123.450'),
);

test('law: a sum is exact, whatever is added and taken back, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(decimals, fc.constantFrom(1 as const, -1 as const)), { maxLength: 50 }), (terms) => {
      const sum = new ExactSum();
      for (const [value, sign] of terms) sum.add(value, sign);
      const expected = terms.reduce(
        (total, [value, sign]) => total.plus(new Big(value).times(String(sign))),
        new Big('0'),
      );
      expect(new Big(sum.toString()).eq(expected)).toBe(true);
    }),
  );
});

test('thousands of great integers do not leave what a double holds', () => {
  const sum = new ExactSum();
  for (let i = 0; i < 10_001; i += 1) sum.add('999999999999999', 1);
  expect(sum.toString()).toBe((999_999_999_999_999n * 10_001n).toString());
});
