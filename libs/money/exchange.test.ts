import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holds, LAW_RUNS, same } from '#tests/support/laws.ts';
import { amountString } from './amount-string.ts';
import { convertAmount } from './convert-amount.ts';
import { UnknownCurrency } from './currency.ts';
import { Big } from './decimal.ts';
import { type ExchangeRate, findRate, MissingExchangeRate } from './find-rate.ts';

const rate = (date: string, changes: Partial<ExchangeRate> = {}): ExchangeRate => ({
  from: 'USD',
  to: 'EUR',
  rate: '0.92',
  date,
  source: 'ECB',
  ...changes,
});

describe('an amount in another currency', () => {
  test.each([
    ['to cents', '10.00', '0.92345', 'EUR', '9.23'],
    ['half away from zero', '0.01', '0.5', 'EUR', '0.01'],
    ['half away from zero, below it', '-0.01', '0.5', 'EUR', '-0.01'],
    ['without a minor unit', '10.00', '151.649', 'JPY', '1516'],
    ['with three digits', '10', '0.30745', 'KWD', '3.075'],
    ['multiplied exactly before it is rounded', '3333333.33', '1.000000000000001', 'EUR', '3333333.33'],
    ['beyond what a float counts', '90071992547409.93', '1.1', 'EUR', '99079191802150.92'],
  ])('%s', (_, amount, by, to, expected) => {
    expect(convertAmount(amount, by, to).toFixed()).toBe(expected);
  });

  test('of an unknown currency there is none', () => {
    expect(() => convertAmount('1', '1', 'XXX')).toThrow(UnknownCurrency);
  });

  test('law: within half a minor unit of the product, and the negative of the negative', () => {
    const decimal = fc.tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.integer({ min: 0, max: 6 }));
    const positive = fc.tuple(fc.bigInt(1n, 10n ** 9n), fc.integer({ min: 0, max: 8 }));
    const big = ([digits, places]: [bigint, number]) => new Big(digits.toString()).div(`1e${places}`);
    const currency = fc.constantFrom(['EUR', '0.005'], ['JPY', '0.5'], ['KWD', '0.0005']);
    fc.assert(
      fc.property(decimal, positive, currency, (amount, by, [to, half]) => {
        const converted = convertAmount(big(amount), big(by), to as string);
        holds(
          converted
            .minus(big(amount).times(big(by)))
            .abs()
            .lte(half as string),
        );
        same(convertAmount(big(amount).neg(), big(by), to as string), converted.neg());
      }),
      { numRuns: LAW_RUNS },
    );
  });
});

describe('the rate of a day', () => {
  const rates = [rate('2026-10-01'), rate('2026-10-08', { rate: '0.93' }), rate('2026-10-20', { rate: '0.94' })];

  test.each([
    ['its own day', '2026-10-08', '2026-10-08'],
    ['the day before the next', '2026-10-07', '2026-10-01'],
    ['seven days later', '2026-10-15', '2026-10-08'],
    ['later than all', '2026-10-27', '2026-10-20'],
  ])('on %s', (_, on, expected) => {
    expect(findRate(rates, 'USD', 'EUR', on).date).toBe(expected);
    expect(findRate(rates.toReversed(), 'USD', 'EUR', on).date).toBe(expected);
  });

  test.each([
    ['eight days later', '2026-10-16', 'USD', 'EUR'],
    ['before the first', '2026-09-30', 'USD', 'EUR'],
    ['the other way round', '2026-10-01', 'EUR', 'USD'],
    ['of another pair', '2026-10-01', 'USD', 'GBP'],
    ['of another pair into the same currency', '2026-10-01', 'GBP', 'EUR'],
  ])('%s there is none, and the pair and day are named', (_, on, from, to) => {
    expect(() => findRate(rates, from, to, on)).toThrow(MissingExchangeRate);
    expect(() => findRate(rates, from, to, on)).toThrow(`from ${from} to ${to} for ${on}`);
  });

  test('how old it may be can be set; over a change of the year and a leap day days are counted', () => {
    expect(findRate([rate('2026-10-01')], 'USD', 'EUR', '2026-10-31', 30).date).toBe('2026-10-01');
    expect(() => findRate([rate('2026-10-01')], 'USD', 'EUR', '2026-10-02', 0)).toThrow(MissingExchangeRate);
    expect(findRate([rate('2027-12-29')], 'USD', 'EUR', '2028-01-05').date).toBe('2027-12-29');
    expect(() => findRate([rate('2028-02-28')], 'USD', 'EUR', '2028-03-07')).toThrow(MissingExchangeRate);
  });
});

test('an amount in JSON has all digits of its currency and hides none', () => {
  expect([amountString('12.5', 'EUR'), amountString('1250', 'JPY'), amountString('-0.0', 'KWD')]).toEqual([
    '12.50',
    '1250',
    '0.000',
  ]);
  expect(() => amountString('0.5', 'JPY')).toThrow(new RangeError('0.5 has more digits than JPY has (0)'));
});
