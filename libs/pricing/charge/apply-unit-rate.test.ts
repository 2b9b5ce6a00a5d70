import { expect, test } from '@jest/globals';
import { amountsOf, linesOf } from '#tests/support/pricing/price.ts';

const CREDITS = { price: { model: 'per_unit', unit_amount: '3' }, unit: { name: 'credits', rate: '0.01' } };

test.each([
  ['credits become money', CREDITS, '500', '15'],
  ['none', CREDITS, '0', '0'],
  ['a rate over one', { ...CREDITS, unit: { name: 'credits', rate: '2' } }, '5', '30'],
  ['rounded once, as money', { ...CREDITS, unit: { name: 'credits', rate: '0.001' } }, '5', '0.02'],
  ['a minimum is money', { ...CREDITS, minimum_amount: '20' }, '500', '15,5'],
  ['a maximum is money', { ...CREDITS, maximum_amount: '10' }, '500', '10'],
])('%s', (_, fields, quantity, expected) => {
  expect(amountsOf(linesOf(fields, quantity)).join()).toBe(expected);
});

test('the steps add up to the money', () => {
  expect(linesOf(CREDITS, '500')[0]?.steps).toEqual([
    { rule: 'per_unit', quantity: '500', unit_amount: '3', amount: '1500' },
    { rule: 'unit_rate', quantity: '1500', unit_amount: '0.01', amount: '-1485' },
  ]);
});
