import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holds, LAW_RUNS, same } from '#tests/support/laws.ts';
import { allocate } from './allocate.ts';
import { Big } from './decimal.ts';

const shares = (amount: string, weights: string[], currency: string): string[] =>
  allocate(
    new Big(amount),
    weights.map((weight) => new Big(weight)),
    currency,
  ).map((part) => part.toFixed());

describe('sharing an amount by largest remainder', () => {
  test.each([
    ['a tie goes to the first', '0.01', ['1', '1'], 'EUR', ['0.01', '0']],
    ['three ways', '10', ['1', '1', '1'], 'EUR', ['3.34', '3.33', '3.33']],
    ['two units over', '0.05', ['1', '1', '1'], 'EUR', ['0.02', '0.02', '0.01']],
    ['the largest remainder wins, not the first', '1', ['1', '2', '2'], 'JPY', ['0', '1', '0']],
    ['the largest remainder wins, not the largest weight', '3', ['1', '4'], 'JPY', ['1', '2']],
    ['nothing of a negative amount has no sign', '-0.01', ['1', '1'], 'EUR', ['-0.01', '0']],
    ['negative like positive', '-10', ['1', '1', '1'], 'EUR', ['-3.34', '-3.33', '-3.33']],
    ['a zero weight gets nothing', '0.01', ['0', '1'], 'EUR', ['0', '0.01']],
    ['three digits', '1', ['1', '1', '1'], 'KWD', ['0.334', '0.333', '0.333']],
    ['fractional weights', '7', ['0.5', '1.25', '1.75'], 'EUR', ['1', '2.5', '3.5']],
    ['nothing to share', '0', ['1', '2'], 'EUR', ['0', '0']],
    ['one part', '12.34', ['0.001'], 'EUR', ['12.34']],
    // 1/3 and 2/3 of a cut-off division would not compare as equal remainders.
    ['equal remainders of thirds are ties', '0.02', ['1', '1', '1'], 'EUR', ['0.01', '0.01', '0']],
  ])('%s', (_, amount, weights, currency, expected) => {
    expect(shares(amount, weights, currency)).toEqual(expected);
  });

  test.each([
    ['0.001', ['1'], 'EUR', 'it has more than 2 digits; round it first'],
    ['1', ['1', '-1'], 'EUR', 'negative weight: -1 at 1'],
    ['1', ['-1', '1'], 'EUR', 'negative weight: -1 at 0'],
    ['1', ['0', '0'], 'EUR', 'no weight is above zero'],
    ['1', [], 'EUR', 'no weight is above zero'],
    ['1', ['1'], 'ABC', '"ABC" is no currency'],
  ])('%s over %j in %s is refused', (amount, weights, currency, message) => {
    expect(() => shares(amount, weights, currency)).toThrow(message);
  });

  const units = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  const weights = fc
    .array(fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 0, max: 6 })), {
      minLength: 1,
      maxLength: 30,
    })
    .map((list) => list.map(([digits, scale]) => new Big(`${digits}e-${scale}`)))
    .filter((list) => list.some((weight) => weight.gt('0')));
  const currency = fc.constantFrom(['JPY', '1'], ['EUR', '0.01'], ['KWD', '0.001']);

  test('parts add up to the whole, each within one minor unit of its exact share', () => {
    fc.assert(
      fc.property(units, weights, currency, (count, list, [code = '', unit = '']) => {
        const amount = new Big(count.toString()).times(unit);
        const parts = allocate(amount, list, code);
        const total = parts.reduce((sum, part) => sum.plus(part), new Big('0'));
        same(total, amount);
        const sum = list.reduce((all, weight) => all.plus(weight), new Big('0'));
        parts.forEach((part, index) => {
          // |part − amount × weight / sum| < unit, without dividing.
          const difference = part
            .times(sum)
            .minus(amount.times(list[index] ?? '0'))
            .abs();
          holds(difference.lt(sum.times(unit)));
        });
      }),
      { numRuns: LAW_RUNS },
    );
  });

  test('the negative amount gets the negative parts', () => {
    fc.assert(
      fc.property(units, weights, (count, list) => {
        const amount = new Big(count.toString());
        const negated = allocate(amount.neg(), list, 'JPY').map((part) => part.neg());
        holds(allocate(amount, list, 'JPY').every((part, index) => part.eq(negated[index] ?? '0')));
      }),
      { numRuns: LAW_RUNS },
    );
  });
});
