import { expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

const packages = (size: string, amount: string, round?: 'up' | 'down') => ({
  model: 'package',
  size,
  amount,
  ...(round && { round }),
});

// developer.konghq.com/metering-and-billing/pricing-models (OpenMeter as a service): 10 for each 20 units.
const OPENMETER = packages('20', '10');
// stripe.com/docs/billing/subscriptions/quantity-transformation: 10 for every 5 users or portion of them.
const STRIPE_USERS = packages('5', '10');
// chargebee.com/docs/billing/2.0/product-catalog/package-pricing: 1.25 for a million tokens.
const CHARGEBEE = packages('1000000', '1.25');
// docs.withorb.com/product-catalog/price-configuration: 0.80 for 10; 4 units are billed as 10 and 11 as 20.
const ORB = packages('10', '0.80');

test.each([
  ['OpenMeter: nothing', OPENMETER, '0', '0'],
  ['OpenMeter: just one', OPENMETER, '20', '10'],
  ['OpenMeter: a bit more', OPENMETER, '20.1', '20'],
  ['OpenMeter: 98 units', OPENMETER, '98', '50'],
  ['Stripe: 1 user', STRIPE_USERS, '1', '10'],
  ['Stripe: 3 users', STRIPE_USERS, '3', '10'],
  ['Stripe: 5 users', STRIPE_USERS, '5', '10'],
  ['Stripe: 6 users', STRIPE_USERS, '6', '20'],
  ['Stripe: 7 users', STRIPE_USERS, '7', '20'],
  ['Chargebee: 10 tokens', CHARGEBEE, '10', '1.25'],
  ['Chargebee: a million', CHARGEBEE, '1000000', '1.25'],
  ['Chargebee: a million and a half', CHARGEBEE, '1500000', '2.5'],
  ['Orb: 4 units', ORB, '4', '0.8'],
  ['Orb: 11 units', ORB, '11', '1.6'],
  ['down: one short', packages('5', '10', 'down'), '4.999999999999999', '0'],
  ['down: on it', packages('5', '10', 'down'), '5', '10'],
  ['down: one over', packages('5', '10', 'down'), '6', '10'],
  ['down: nothing', packages('5', '10', 'down'), '0', '0'],
  ['a fractional size', packages('0.3', '1'), '0.9', '3'],
  ['a fractional size, begun', packages('0.3', '1'), '0.900000000000001', '4'],
  ['a third does not end, and hides nothing', packages('3', '1'), '1000000000000000000', '333333333333333334'],
  [
    'begun by less than 40 digits of a quotient show',
    packages('100000000000000000000000000000', '1'),
    '100000000000000000000000000000.000000000000001',
    '2',
  ],
  ['12 decimals', packages('1', '0.000000000001'), '1000000000000000000', '1000000'],
])('%s', (_, price, quantity, expected) => {
  expect(cost(price, quantity)).toBe(expected);
});

test('shows its working', () => {
  expect(priced(packages('1000', '5.00'), '1001').steps).toEqual([
    { rule: 'package', per: '1000', quantity: '2', unit_amount: '5', amount: '10' },
  ]);
});
