import { expect, test } from '@jest/globals';
import { amountsOf, linesOf } from '#tests/support/pricing/price.ts';

const price = { model: 'per_unit', unit_amount: '0.1' };

test.each([
  ['none', '0', '100', '10'],
  ['a tenth', '10', '100', '9'],
  ['all', '100', '100', '0'],
  ['a fraction of a percent', '0.5', '100', '9.95'],
  ['rounded once, after it', '33.333333', '1', '0.07'],
  ['of nothing', '10', '0', '0'],
])('%s', (_, discount_percent, quantity, expected) => {
  expect(amountsOf(linesOf({ price, discount_percent }, quantity))).toEqual([expected]);
});

test('shows its working', () => {
  expect(linesOf({ price, discount_percent: '10.0' }, '100')[0]?.steps).toEqual([
    { rule: 'per_unit', quantity: '100', unit_amount: '0.1', amount: '10' },
    { rule: 'discount', quantity: '10', percent: '10', amount: '-1' },
  ]);
  expect(linesOf({ price, discount_percent: '10' }, '0')[0]?.steps.at(-1)?.amount).toBe('0');
});
