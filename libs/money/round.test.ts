import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holds, LAW_RUNS } from '#tests/support/laws.ts';
import { Big } from './decimal.ts';
import { roundToCurrency } from './round.ts';

describe('rounding to the minor unit, half away from zero', () => {
  test.each([
    ['0.005', 'EUR', '0.01'],
    ['-0.005', 'EUR', '-0.01'],
    ['0.0049999999999999999999999999999999', 'EUR', '0'],
    ['-0.0049999999999999999999999999999999', 'EUR', '0'],
    // Half to even would give 0.02 here, and a float 1.00 in the next.
    ['0.025', 'EUR', '0.03'],
    ['1.005', 'EUR', '1.01'],
    ['-2.5', 'JPY', '-3'],
    ['0.5', 'JPY', '1'],
    ['1.2345', 'KWD', '1.235'],
    ['-1.2345', 'KWD', '-1.235'],
    ['0.00005', 'CLF', '0.0001'],
    ['999999999999999999999999999999.995', 'USD', '1000000000000000000000000000000'],
    ['12', 'USD', '12'],
  ])('%s %s is %s', (amount, currency, expected) => {
    expect(roundToCurrency(new Big(amount), currency).toFixed()).toBe(expected);
  });

  test('an unknown currency is refused', () => {
    expect(() => roundToCurrency(new Big('1'), 'EURO')).toThrow('"EURO" is no currency');
  });

  const amount = fc
    .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, scale]) => new Big(`${digits}e-${scale}`));
  const currency = fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF');

  test('is symmetric around zero, changes at most half a minor unit, and is done once', () => {
    const unit = { JPY: '1', EUR: '0.01', KWD: '0.001', CLF: '0.0001' } as const;
    fc.assert(
      fc.property(amount, currency, (value, code) => {
        const rounded = roundToCurrency(value, code);
        holds(roundToCurrency(value.neg(), code).eq(rounded.neg()));
        holds(rounded.minus(value).abs().times('2').lte(unit[code]));
        holds(roundToCurrency(rounded, code).eq(rounded));
      }),
      { numRuns: LAW_RUNS },
    );
  });

  test('keeps order', () => {
    fc.assert(
      fc.property(amount, amount, currency, (a, b, code) => {
        const [low, high] = a.lt(b) ? [a, b] : [b, a];
        holds(roundToCurrency(low, code).lte(roundToCurrency(high, code)));
      }),
      { numRuns: LAW_RUNS },
    );
  });
});
