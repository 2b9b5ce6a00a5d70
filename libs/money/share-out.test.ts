import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holds, LAW_RUNS, same } from '#tests/support/laws.ts';
import { currencyDigits } from './currency.ts';
import { Big } from './decimal.ts';
import { roundToCurrency } from './round.ts';
import { shareOut } from './share-out.ts';

const sharedOut = (whole: string, shares: readonly string[], currency = 'EUR'): string[] =>
  shareOut(
    new Big(whole),
    shares.map((share) => new Big(share)),
    currency,
  ).map((part) => part.toFixed());

describe('exact shares of a rounded whole', () => {
  test.each([
    ['exact ones stay', '0.30', ['0.10', '0.20'], ['0.1', '0.2']],
    ['a tie goes to the first', '0.01', ['0.005', '0.005'], ['0.01', '0']],
    ['the largest remainder wins, not the first', '0.01', ['0.004', '0.006'], ['0', '0.01']],
    ['two units over', '0.02', ['0.007', '0.008', '0.005'], ['0.01', '0.01', '0']],
    ['rounded down', '0.01', ['0.004', '0.004', '0.006'], ['0', '0', '0.01']],
    ['of both signs', '0.01', ['0.024', '-0.015'], ['0.02', '-0.01']],
    ['below zero', '-0.01', ['-0.005', '-0.005'], ['0', '-0.01']],
    ['whole ones below zero', '-0.03', ['-0.01', '-0.02'], ['-0.01', '-0.02']],
    ['that cancel out', '0', ['0.005', '-0.005'], ['0.01', '-0.01']],
    ['of nothing', '0', ['0', '-0'], ['0', '0']],
    ['none', '0', [], []],
    ['beyond what a float counts', '90071992547409930.03', ['90071992547409930.025'], ['90071992547409930.03']],
  ])('%s', (_, whole, shares, expected) => {
    expect(sharedOut(whole, shares)).toEqual(expected);
  });

  test('in the digits of the currency', () => {
    expect(sharedOut('1', ['0.5', '0.5'], 'JPY')).toEqual(['1', '0']);
    expect(sharedOut('0.001', ['0.0005', '0.0005'], 'KWD')).toEqual(['0.001', '0']);
  });

  test.each([
    ['more than rounding explains', '0.03', ['0.005', '0.005'], '0.03 EUR is not what these shares add up to'],
    ['less than rounding explains', '0', ['0.01'], '0 EUR is not what these shares add up to'],
    ['no whole number of minor units', '0.005', ['0.005'], '0.005 EUR is not what these shares add up to'],
    ['something of no shares', '0.01', [], '0.01 EUR is not what these shares add up to'],
  ])('a whole that is %s is refused', (_, whole, shares, message) => {
    expect(() => sharedOut(whole, shares)).toThrow(RangeError);
    expect(() => sharedOut(whole, shares)).toThrow(message);
  });

  test('an unknown currency is refused', () => {
    expect(() => sharedOut('0', ['0'], 'EURO')).toThrow('"EURO" is no currency');
  });
});

test('parts add up to the whole, each within one minor unit of its share, and only as many rounded up as needed', () => {
  const share = fc
    .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 8 }))
    .map(([digits, scale]) => new Big(`${digits}e-${scale}`));
  fc.assert(
    fc.property(fc.array(share, { maxLength: 12 }), fc.constantFrom('JPY', 'EUR', 'KWD'), (shares, currency) => {
      const exact = shares.reduce((sum, each) => sum.plus(each), new Big('0'));
      const whole = roundToCurrency(exact, currency);
      const parts = shareOut(whole, shares, currency);
      same(
        parts.reduce((sum, part) => sum.plus(part), new Big('0')),
        whole,
      );
      const unit = `1e-${currencyDigits(currency)}`;
      for (const [index, part] of parts.entries()) {
        const off = part.minus(shares[index] as Big);
        holds(off.abs().lt(unit));
        // Whoever was rounded up had no smaller remainder than whoever was not.
        if (off.gt('0'))
          for (const [other, rest] of parts.entries())
            holds(rest.gt(shares[other] as Big) || (shares[other] as Big).minus(rest).lte(new Big(unit).minus(off)));
      }
    }),
    { numRuns: LAW_RUNS },
  );
});
