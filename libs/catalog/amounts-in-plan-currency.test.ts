import { expect, test } from '@jest/globals';
import { amountsInPlanCurrency } from './amounts-in-plan-currency.ts';

test('of a plan: its charges in their order, without what is overridden, then its own minimum', () => {
  const price = { model: 'flat', amount: '1' } as const;
  const charges = [
    { key: 'a', terms: { price, maximum_amount: '9' } },
    { key: 'b', terms: { prices: { USD: price } } },
    { key: 'c', terms: { price } },
  ];
  expect(amountsInPlanCurrency({ charges, minimumAmount: '5' }, { a: { price } })).toEqual([
    { charge: 'a', field: 'maximum_amount' },
    { charge: 'c', field: 'price' },
    { charge: null, field: 'minimum_amount' },
  ]);
  expect(amountsInPlanCurrency({ charges: [], minimumAmount: null })).toEqual([]);
});
