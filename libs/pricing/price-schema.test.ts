import { describe, expect, test } from '@jest/globals';
import { priceSchema } from './price-schema.ts';

const graduated = (tiers: unknown) => ({ model: 'graduated', tiers });

describe('prices that are taken', () => {
  test.each([
    ['flat', { model: 'flat', amount: '49.00' }],
    ['a free flat fee', { model: 'flat', amount: '0' }],
    ['per unit with 15 digits', { model: 'per_unit', unit_amount: '0.000000000000001' }],
    ['one open tier', graduated([{ up_to: null, unit_amount: '1' }])],
    [
      'tiers with a flat amount and a fractional bound',
      graduated([
        { up_to: '0.5', unit_amount: '0', flat_amount: '10' },
        { up_to: '1000', unit_amount: '0.01' },
        { up_to: null, unit_amount: '0.005' },
      ]),
    ],
  ])('%s', (_, price) => {
    expect(priceSchema.parse(price)).toEqual(price);
  });
});

describe('prices that are refused, and where', () => {
  test.each<[string, unknown, [string, string][]]>([
    ['no object', 'flat', [['', 'expected object']]],
    ['an unknown model', { model: 'stairs' }, [['model', 'Invalid']]],
    ['a missing amount', { model: 'flat' }, [['amount', 'expected string']]],
    ['a float', { model: 'per_unit', unit_amount: 0.002 }, [['unit_amount', 'expected string']]],
    ['an exponent', { model: 'per_unit', unit_amount: '2e-3' }, [['unit_amount', 'plain decimal']]],
    ['a negative amount', { model: 'flat', amount: '-1' }, [['amount', 'must not be negative']]],
    ['too many digits', { model: 'flat', amount: '0.0000000000000001' }, [['amount', '16 digits after the point']]],
    ['a misspelt field', { model: 'flat', amount: '1', amout: '2' }, [['', 'amout']]],
    ['no tiers', graduated([]), [['tiers', 'at least one tier']]],
    ['tiers that are no list', graduated({}), [['tiers', 'expected array']]],
    ['a closed last tier', graduated([{ up_to: '5', unit_amount: '1' }]), [['tiers.0.up_to', 'must be null']]],
    [
      'an open tier in the middle',
      graduated([
        { up_to: null, unit_amount: '1' },
        { up_to: null, unit_amount: '1' },
      ]),
      [['tiers.0.up_to', 'only the last tier is open']],
    ],
    [
      'bounds that stand still, by value and not by text',
      graduated([
        { up_to: '10', unit_amount: '1' },
        { up_to: '10.0', unit_amount: '1' },
        { up_to: null, unit_amount: '1' },
      ]),
      [['tiers.1.up_to', 'more than the bound of the tier before (10)']],
    ],
    [
      'bounds that fall by number though not by letters',
      graduated([
        { up_to: '1000', unit_amount: '1' },
        { up_to: '200', unit_amount: '1' },
        { up_to: null, unit_amount: '1' },
      ]),
      [['tiers.1.up_to', 'tier before (1000)']],
    ],
    [
      'an empty first tier',
      graduated([
        { up_to: '0', unit_amount: '1' },
        { up_to: null, unit_amount: '1' },
      ]),
      [['tiers.0.up_to', 'must be more than 0']],
    ],
    [
      'a bound that is no decimal',
      graduated([
        { up_to: 'many', unit_amount: '1' },
        { up_to: '10', unit_amount: '1' },
        { up_to: null, unit_amount: '1' },
      ]),
      [['tiers.0.up_to', 'plain decimal']],
    ],
    [
      'two faults, both named',
      graduated([
        { up_to: '10', unit_amount: 'ten' },
        { up_to: null, unit_amount: '1', flat_amount: '+1' },
      ]),
      [
        ['tiers.0.unit_amount', 'plain decimal'],
        ['tiers.1.flat_amount', 'plain decimal'],
      ],
    ],
  ])('%s', (_, price, expected) => {
    const result = priceSchema.safeParse(price);
    const issues = result.success ? [] : result.error.issues;
    expect(issues.map((issue) => issue.path.join('.'))).toEqual(expected.map(([path]) => path));
    issues.forEach((issue, index) => {
      expect(issue.message).toContain(expected[index]?.[1]);
    });
  });
});
