import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LAW_RUNS } from '#tests/support/laws.ts';
import { Big } from './decimal.ts';
import { decimalString } from './decimal-string.ts';
import { formatAmount, formatQuantity, formatRate } from './format.ts';

describe('amounts on documents', () => {
  test.each([
    ['0', 'EUR', '0.00'],
    ['-0', 'EUR', '0.00'],
    ['1234.5', 'EUR', '1,234.50'],
    ['-1234.5', 'EUR', '-1,234.50'],
    ['-123', 'EUR', '-123.00'],
    ['999', 'JPY', '999'],
    ['1000', 'JPY', '1,000'],
    ['1234567.891', 'KWD', '1,234,567.891'],
    ['123456789012345678901234567890.12', 'USD', '123,456,789,012,345,678,901,234,567,890.12'],
  ])('%s %s is shown as %s', (amount, currency, expected) => {
    expect(formatAmount(amount, currency)).toBe(expected);
  });

  test('digits are never hidden', () => {
    expect(() => formatAmount('0.005', 'EUR')).toThrow(
      '0.005 has more digits than EUR has (2); round it before it is shown',
    );
    expect(() => formatAmount('1.5', 'JPY')).toThrow('more digits than JPY has (0)');
  });

  test('reading back what is shown gives the amount', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.constantFrom('JPY', 'EUR', 'KWD'),
        (units, currency) => {
          const digits = { JPY: 0, EUR: 2, KWD: 3 }[currency];
          const amount = new Big(`${units}e-${digits}`);
          const shown = formatAmount(amount, currency);
          expect(shown).toMatch(/^-?\d{1,3}(,\d{3})*(\.\d+)?$/);
          expect(new Big(shown.replaceAll(',', '')).eq(amount)).toBe(true);
        },
      ),
      { numRuns: LAW_RUNS },
    );
  });
});

describe('rates and quantities', () => {
  test.each([
    ['0.002', 'EUR', '0.002'],
    ['0.000000000125', 'EUR', '0.000000000125'],
    ['5', 'EUR', '5.00'],
    ['0.1', 'EUR', '0.10'],
    ['0', 'EUR', '0.00'],
    ['1500.5', 'JPY', '1,500.5'],
    ['3', 'JPY', '3'],
    ['0.02', 'KWD', '0.020'],
  ])('a rate of %s %s is shown as %s', (rate, currency, expected) => {
    expect(formatRate(rate, currency)).toBe(expected);
  });

  test.each([
    ['1000000000000000000', '1,000,000,000,000,000,000'],
    ['1234.5600', '1,234.56'],
    ['0.000001', '0.000001'],
    ['-12345.6789', '-12,345.6789'],
  ])('a quantity of %s is shown as %s', (quantity, expected) => {
    expect(formatQuantity(quantity)).toBe(expected);
  });
});

test('decimal strings have neither exponent nor a signed zero', () => {
  expect(decimalString(new Big('-0'))).toBe('0');
  expect(decimalString(new Big('1e30'))).toBe('1000000000000000000000000000000');
  expect(decimalString(new Big('1e-30'))).toBe('0.000000000000000000000000000001');
  expect(decimalString(new Big('-1.500'))).toBe('-1.5');
});
