import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { prorateByDays } from './proration.ts';

describe('a fixed fee by local days', () => {
  test.each([
    ['a whole month', '49', 31, 31, '49'],
    ['no day', '49', 0, 30, '0'],
    ['half of April', '30', 15, 30, '15'],
    ['17 of 31 days', '49', 17, 31, '26.87'],
    ['10 of 28 days', '99.99', 10, 28, '35.71'],
    ['one day of a leap year', '366', 1, 366, '1'],
  ])('%s', (_, fee, days, periodDays, expected) => {
    expect(roundToCurrency(prorateByDays(new Big(fee), days, periodDays).amount, 'EUR').toFixed()).toBe(expected);
  });

  test('multiplies before it divides: 3 × 10 / 30 is 1, though 10 / 30 does not end', () => {
    expect(prorateByDays(new Big('3'), 10, 30).amount.toFixed()).toBe('1');
  });

  test('shows its working', () => {
    expect(prorateByDays(new Big('30'), 15, 30).steps).toEqual([
      { rule: 'proration', quantity: '15', period_quantity: '30', unit_amount: '30', amount: '15' },
    ]);
    expect(prorateByDays(new Big('30'), 30, 30).steps).toEqual([
      { rule: 'flat', quantity: '1', unit_amount: '30', amount: '30' },
    ]);
  });

  test.each([
    [32, 31],
    [-1, 31],
    [1.5, 31],
    [0, 0],
    [1, Number.NaN],
    [Number.NaN, 31],
  ])('%d of %d days is refused', (days, periodDays) => {
    expect(() => prorateByDays(new Big('1'), days, periodDays)).toThrow(RangeError);
  });

  test('parts of a period add up to the fee within the last of 40 digits, and more days never cost less', () => {
    const fee = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((cents) => new Big(`${cents}e-2`));
    const days = fc
      .integer({ min: 1, max: 366 })
      .chain((period) => fc.tuple(fc.integer({ min: 0, max: period }), fc.constant(period)));
    fc.assert(
      fc.property(fee, days, (amount, [first, period]) => {
        const sum = prorateByDays(amount, first, period).amount.plus(
          prorateByDays(amount, period - first, period).amount,
        );
        expect(sum.minus(amount).abs().lte('1e-39')).toBe(true);
        const next = prorateByDays(amount, Math.min(first + 1, period), period).amount;
        expect(next.gte(prorateByDays(amount, first, period).amount)).toBe(true);
      }),
    );
  });
});
