import { describe, expect, test } from '@jest/globals';
import { amountsOf, big, linesOf } from '#tests/support/pricing/price.ts';
import { prorate } from './prorate-fee.ts';

const fee = (amount: string, more: Readonly<Record<string, unknown>> = {}) => ({
  price: { model: 'flat', amount },
  ...more,
});
const of = (days: number, periodDays: number) => ({ share: { days, periodDays } });

describe('a fee by local days', () => {
  test.each([
    // docs.killbill.io/latest/catalog-examples: 9 of the 31 days before the 25th of September.
    ['Kill Bill: 16 to 25 September', '24.95', 9, 31, '7.24'],
    // getlago.com/docs/guide/plans/charges/prorated-vs-full: a seat for 22 of 30 days.
    ['Lago: a seat from the 9th', '10', 22, 30, '7.33'],
    ['a whole month', '49', 31, 31, '49'],
    ['no day', '49', 0, 30, '0'],
    ['half of April', '30', 15, 30, '15'],
    ['17 of 31 days', '49', 17, 31, '26.87'],
    ['10 of 28 days', '99.99', 10, 28, '35.71'],
    ['one day of a leap year', '366', 1, 366, '1'],
    ['multiplied before it is divided', '3', 10, 30, '1'],
    ['half a cent goes up', '0.01', 15, 30, '0.01'],
  ])('%s', (_, amount, days, periodDays, expected) => {
    expect(amountsOf(linesOf(fee(amount), '1', of(days, periodDays)))).toEqual([expected]);
  });

  test('3 × 10 ÷ 30 is exactly 1, though 10 ÷ 30 does not end', () => {
    expect(prorate(big('3'), { days: 10, periodDays: 30 }).change.toFixed()).toBe('-2');
  });

  test('seats are shared, whatever their model', () => {
    const seats = { price: { model: 'per_unit', unit_amount: '10' }, quantity: 'seats' };
    expect(amountsOf(linesOf(seats, '3', of(10, 30)))).toEqual(['10']);
  });

  test.each([
    ['usage, which lies in the days by itself', { price: { model: 'per_unit', unit_amount: '10' } }, '30'],
    ['a fee that asks not to be', fee('30', { prorate: false }), '30'],
    ['what is billed once', fee('30', { billing: 'once' }), '30'],
    ['a maximum', fee('60', { maximum_amount: '25' }), '25'],
  ])('not shared: %s', (_, fields, expected) => {
    expect(amountsOf(linesOf(fields, '3', of(15, 30)))).toEqual([expected]);
  });

  test('before the discount; a whole period tells nothing', () => {
    const fields = fee('30', { discount_percent: '50' });
    expect(linesOf(fields, '1', of(10, 30))[0]?.steps).toEqual([
      { rule: 'flat', quantity: '1', unit_amount: '30', amount: '30' },
      { rule: 'proration', quantity: '10', per: '30', amount: '-20' },
      { rule: 'discount', quantity: '10', percent: '50', amount: '-5' },
    ]);
    expect(linesOf(fee('30'), '1', of(30, 30))[0]?.steps).toHaveLength(1);
  });
});

test.each([
  [32, 31, 'cannot bill 32 days of a period of 31 days'],
  [-1, 31, 'cannot bill -1 days'],
  [1.5, 31, 'cannot bill 1.5 days'],
  [Number.NaN, 31, 'cannot bill NaN days'],
  [0, 0, 'a period has at least one whole day, not 0'],
  [1, Number.NaN, 'not NaN'],
  [1, 1.5, 'not 1.5'],
])('%d of %d days is refused', (days, periodDays, message) => {
  expect(() => prorate(big('1'), { days, periodDays })).toThrow(RangeError);
  expect(() => prorate(big('1'), { days, periodDays })).toThrow(message);
});
