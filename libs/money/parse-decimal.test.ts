import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LAW_RUNS } from '#tests/support/laws.ts';
import { Big } from './decimal.ts';
import { parseDecimal } from './parse-decimal.ts';

describe('decimals from outside', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['12.50', '12.5'],
    ['-12.5', '-12.5'],
    ['007', '7'],
    ['9'.repeat(30), '9'.repeat(30)],
    [`0.${'1'.repeat(15)}`, `0.${'1'.repeat(15)}`],
    [`-${'9'.repeat(30)}.${'9'.repeat(15)}`, `-${'9'.repeat(30)}.${'9'.repeat(15)}`],
  ])('%j is %s', (text, expected) => {
    const result = parseDecimal(text);
    expect(result.ok && result.value.toFixed()).toBe(expected);
  });

  test.each([
    ['', 'not_a_decimal'],
    [' 1', 'not_a_decimal'],
    ['1 ', 'not_a_decimal'],
    ['1\n', 'not_a_decimal'],
    ['+1', 'not_a_decimal'],
    ['1e3', 'not_a_decimal'],
    ['1E-3', 'not_a_decimal'],
    ['.5', 'not_a_decimal'],
    ['5.', 'not_a_decimal'],
    ['--1', 'not_a_decimal'],
    ['1,000', 'not_a_decimal'],
    ['1_000', 'not_a_decimal'],
    ['0x10', 'not_a_decimal'],
    ['NaN', 'not_a_decimal'],
    ['Infinity', 'not_a_decimal'],
    ['١٢', 'not_a_decimal'],
    ['−5', 'not_a_decimal'],
    ['1'.repeat(31), 'too_many_integer_digits'],
    [`0.${'1'.repeat(16)}`, 'too_many_fraction_digits'],
    [1, 'not_a_string'],
    [null, 'not_a_string'],
    [undefined, 'not_a_string'],
    [{}, 'not_a_string'],
  ])('%j is refused: %s', (text, reason) => {
    const result = parseDecimal(text);
    expect(result).toMatchObject({ ok: false, reason });
    expect(!result.ok && result.message.length > 10).toBe(true);
  });

  test.each([
    [null, 'null'],
    [undefined, 'a undefined'],
    [1, 'a number'],
    [['1'], 'a object'],
  ])('%j is told as %s', (value, expected) => {
    expect(parseDecimal(value)).toMatchObject({
      message: `must be a decimal in a string such as "12.5", not ${expected}`,
    });
  });

  test('every decimal within the bounds is read exactly', () => {
    const digits = fc.bigInt({ min: -(10n ** 30n - 1n), max: 10n ** 30n - 1n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 15 }), (units, scale) => {
        const value = new Big(`${units}e-${scale}`);
        const result = parseDecimal(value.toFixed(scale));
        expect(result.ok && result.value.eq(value)).toBe(true);
      }),
      { numRuns: LAW_RUNS },
    );
  });
});
