import { describe, expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

type TierRow = [upTo: string | null, unitAmount: string, flatAmount?: string];

const volume = (...rows: TierRow[]) => ({
  model: 'volume',
  tiers: rows.map(([up_to, unit_amount, flat_amount]) => ({ up_to, unit_amount, ...(flat_amount && { flat_amount }) })),
});

// docs.stripe.com/subscriptions/pricing-models/tiered-pricing: fonts.
const STRIPE_FONTS = volume(['5', '7'], ['10', '6.5'], [null, '6']);
// getlago.com/docs/guide/plans/charges/charge-models/volume.
const LAGO_CALLS = volume(
  ['10000', '0.0010', '10'],
  ['50000', '0.0008', '10'],
  ['100000', '0.0006', '10'],
  [null, '0.0004', '10'],
);
// openmeter.io/docs/billing/product-catalog/pricing-models: volume pricing.
const OPENMETER_TIERS = volume(['1000', '0.3'], ['5000', '0.2'], [null, '0.1']);
// zuplo.com/docs/articles/monetization/pricing-models.
const ZUPLO_REQUESTS = volume(['1000', '0.1'], ['10000', '0.05'], [null, '0.01']);
// docs.killbill.io/latest/catalog-examples: consumable billing, TOP_TIER.
const KILL_BILL_WATER = volume(['1000', '1.5'], [null, '2']);
const KILL_BILL_MBYTES = volume(['1000', '1'], [null, '0.5']);
// docs.withorb.com/product-catalog/price-configuration: bulk pricing.
const ORB_BULK = volume(['10', '0.50'], [null, '0.40']);

describe('worked examples', () => {
  test.each([
    ['Stripe: 1 font', STRIPE_FONTS, '1', '7'],
    ['Stripe: 5 fonts', STRIPE_FONTS, '5', '35'],
    ['Stripe: 6 fonts', STRIPE_FONTS, '6', '39'],
    ['Stripe: 20 fonts', STRIPE_FONTS, '20', '120'],
    ['Stripe: 25 fonts', STRIPE_FONTS, '25', '150'],
    ['Lago: 65,000 calls', LAGO_CALLS, '65000', '49'],
    ['OpenMeter: 6,000 units', OPENMETER_TIERS, '6000', '600'],
    ['Zuplo: 15,000 units', ZUPLO_REQUESTS, '15000', '150'],
    ['Kill Bill: 400 litres', KILL_BILL_WATER, '400', '600'],
    ['Kill Bill: 1,200 litres', KILL_BILL_WATER, '1200', '2400'],
    ['Kill Bill: 1,200 Mbytes', KILL_BILL_MBYTES, '1200', '600'],
    ['Orb: 10 units', ORB_BULK, '10', '5'],
    ['Orb: 101 units', ORB_BULK, '101', '40.4'],
  ])('%s', (_, price, quantity, expected) => {
    expect(cost(price, quantity)).toBe(expected);
  });
});

describe('borders', () => {
  const WITH_FLATS = volume(['100', '0.1', '20'], ['200', '0.05', '7'], [null, '0', '3']);
  test.each([
    ['zero pays the flat amount of the first tier', WITH_FLATS, '0', '20'],
    ['a bound belongs to its own tier', WITH_FLATS, '100', '30'],
    ['the least bit more is all priced by the next', WITH_FLATS, '100.000000000000001', '12.00000000000000005'],
    ['more may cost less', WITH_FLATS, '101', '12.05'],
    ['99.5 units lie in the first tier', WITH_FLATS, '99.5', '29.95'],
    ['the open tier with a flat amount only', WITH_FLATS, '200.5', '3'],
    [
      '10^18 at 12 decimals',
      volume(['1', '5'], [null, '0.000000000001']),
      '1000000000000000001',
      '1000000.000000000001',
    ],
  ])('%s', (_, price, quantity, expected) => {
    expect(cost(price, quantity)).toBe(expected);
  });

  test('the working names one tier', () => {
    expect(priced(WITH_FLATS, '150').steps).toEqual([
      { rule: 'tier', from: '100', up_to: '200', quantity: '150', unit_amount: '0.05', amount: '7.5' },
      { rule: 'tier_flat', from: '100', up_to: '200', quantity: '1', unit_amount: '7', amount: '7' },
    ]);
  });
});
