import { expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

test.each([
  // docs.killbill.io/latest/catalog-examples: standard-monthly.
  ['Kill Bill: the month', '24.95', '1', '24.95'],
  // openmeter.io/docs/billing/product-catalog/pricing-models: a recurring fee.
  ['OpenMeter: the month', '199', '1', '199'],
  ['nothing used', '49.90', '0', '49.9'],
  ['whatever is used', '49.90', '1000000000000000000', '49.9'],
  ['free', '0', '1', '0'],
  ['12 decimals', '0.000000000001', '1', '0.000000000001'],
])('%s', (_, amount, quantity, expected) => {
  expect(cost({ model: 'flat', amount }, quantity)).toBe(expected);
});

test('shows its working', () => {
  expect(priced({ model: 'flat', amount: '49.00' }, '7').steps).toEqual([
    { rule: 'flat', quantity: '1', unit_amount: '49', amount: '49' },
  ]);
});
