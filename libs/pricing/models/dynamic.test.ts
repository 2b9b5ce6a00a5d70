import { expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

test.each([
  // getlago.com/docs/guide/plans/charges/charge-models/dynamic: 0.70 + 0.55 + 2.20.
  ['Lago: what the events say', {}, '3.45', '3.45'],
  // developer.konghq.com/metering-and-billing/pricing-models (OpenMeter as a service): markup on a base of 100.
  ['OpenMeter: half', { multiplier: '0.5' }, '100', '50'],
  ['OpenMeter: passed through', { multiplier: '1.0' }, '100', '100'],
  ['OpenMeter: half more', { multiplier: '1.5' }, '100', '150'],
  ['OpenMeter: twice', { multiplier: '2.0' }, '100', '200'],
  ['nothing', { multiplier: '1.2' }, '0', '0'],
  ['12 decimals of 10^18', { multiplier: '0.000000000001' }, '1000000000000000001', '1000000.000000000001'],
])('%s', (_, fields, quantity, expected) => {
  expect(cost({ model: 'dynamic', ...fields }, quantity)).toBe(expected);
});

test('shows its working', () => {
  expect(priced({ model: 'dynamic', multiplier: '1.20' }, '10').steps).toEqual([
    { rule: 'multiplier', quantity: '10', unit_amount: '1.2', amount: '12' },
  ]);
});
