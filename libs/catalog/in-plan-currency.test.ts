import { expect, test } from '@jest/globals';
import { inPlanCurrency } from './in-plan-currency.ts';
import type { Override } from './overrides.ts';

const price = { model: 'flat', amount: '1' } as const;
const all = {
  price,
  maximum_amount: '9',
  minimum_amount: '1',
  unit: { name: 'credits', rate: '0.01' },
  included_units: '5',
};

test.each<[string, unknown, Override | undefined, string[]]>([
  ['all amounts', all, undefined, ['price', 'maximum_amount', 'minimum_amount', 'unit']],
  [
    'prices name their currencies',
    { ...all, price: undefined, prices: { USD: price } },
    undefined,
    ['maximum_amount', 'minimum_amount', 'unit'],
  ],
  ['what is overridden is of the subscription', all, { price, minimum_amount: '2' }, ['maximum_amount', 'unit']],
  ['prices stand for a price', all, { prices: { EUR: price } }, ['maximum_amount', 'minimum_amount', 'unit']],
  ['a share is of no currency', { discount_percent: '5' }, undefined, []],
  ['terms that cannot be read', null, undefined, []],
])('%s', (_, terms, override, expected) => {
  expect(inPlanCurrency(terms, override)).toEqual(expected);
});
