import { expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

test.each([
  // getlago.com/docs/guide/plans/charges/charge-models/standard.
  ['Lago: 1,000 calls', '0.05', '1000', '50'],
  // openmeter.io/docs/billing/product-catalog/pricing-models: per-unit pricing.
  ['OpenMeter: 10,000 tokens', '0.01', '10000', '100'],
  // zuplo.com/docs/articles/monetization/pricing-models (OpenMeter's price shapes).
  ['Zuplo: 100,000 calls', '0.001', '100000', '100'],
  // docs.withorb.com/product-catalog/price-configuration: unit pricing, 0.50 each.
  ['Orb: one unit', '0.50', '1', '0.5'],
  ['nothing', '3', '0', '0'],
  ['a free unit', '0', '1000', '0'],
  ['a fraction', '3', '0.5', '1.5'],
  ['where a float gives 0.30000000000000004', '0.1', '3', '0.3'],
  ['a trillionth each for 10^18', '0.000000000001', '1000000000000000000', '1000000'],
  ['10^18 + 1 at 12 decimals', '0.123456789012', '1000000000000000001', '123456789012000000.123456789012'],
])('%s', (_, unit_amount, quantity, expected) => {
  expect(cost({ model: 'per_unit', unit_amount }, quantity)).toBe(expected);
});

test('shows its working', () => {
  expect(priced({ model: 'per_unit', unit_amount: '0.0020' }, '1500').steps).toEqual([
    { rule: 'per_unit', quantity: '1500', unit_amount: '0.002', amount: '3' },
  ]);
});
