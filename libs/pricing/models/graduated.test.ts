import { describe, expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

type TierRow = [upTo: string | null, unitAmount: string, flatAmount?: string];

const graduated = (...rows: TierRow[]) => ({
  model: 'graduated',
  tiers: rows.map(([up_to, unit_amount, flat_amount]) => ({ up_to, unit_amount, ...(flat_amount && { flat_amount }) })),
});

// docs.stripe.com/subscriptions/pricing-models/tiered-pricing: fonts.
const STRIPE_FONTS = graduated(['5', '7'], ['10', '6.5'], [null, '6']);
// getlago.com/docs/guide/plans/charges/charge-models/graduated.
const LAGO_CALLS = graduated(['100', '1'], ['200', '0.5'], [null, '0.1']);
// docs.useautumn.com/documentation/modelling-pricing/graduated-pricing.
const AUTUMN_REQUESTS = graduated(['1000', '0.01'], ['10000', '0.008'], [null, '0.005']);
// zuplo.com/docs/articles/monetization/pricing-models (OpenMeter's price shapes).
const ZUPLO_REQUESTS = graduated(['1000', '0.1'], ['10000', '0.05'], [null, '0.01']);
// openmeter.io/docs/billing/product-catalog/pricing-models, and developer.konghq.com/metering-and-billing/pricing-models for flat prices.
const OPENMETER_TIERS = graduated(['1000', '0.3'], ['5000', '0.2'], [null, '0.1']);
const OPENMETER_FLAT = graduated(['1000', '0', '500'], [null, '0.1']);
const OPENMETER_FIRST_UNIT = graduated(['1', '500'], ['1000', '0'], [null, '0.1']);
// docs.killbill.io/latest/catalog-examples: consumable billing, ALL_TIERS.
const KILL_BILL_WATER = graduated(['1000', '1.5'], [null, '2']);
const KILL_BILL_MINUTES = graduated(['100', '1'], [null, '0.5']);
// docs.killbill.io/latest/consumable_in_arrear: 2 for the first five videos, then 1. The sums are ours.
const KILL_BILL_VIDEOS = graduated(['5', '2'], [null, '1']);
// docs.withorb.com/product-catalog/price-configuration: ten units at 0.50, then 0.10. The sums are ours.
const ORB_TIERED = graduated(['10', '0.50'], [null, '0.10']);
// docs.metronome.com/pricing-and-packaging/create-plans: the first thousand gigabytes at 0.10, then 0.09. The sums are ours.
const METRONOME_STORAGE = graduated(['1000', '0.10'], [null, '0.09']);
const WITH_FLATS = graduated(['100', '0.1', '20'], ['200', '0.05', '7'], [null, '0', '3']);

describe('worked examples', () => {
  test.each([
    ['Stripe: 1 font', STRIPE_FONTS, '1', '7'],
    ['Stripe: 5 fonts', STRIPE_FONTS, '5', '35'],
    ['Stripe: 6 fonts', STRIPE_FONTS, '6', '41.5'],
    ['Stripe: 20 fonts', STRIPE_FONTS, '20', '127.5'],
    ['Stripe: 25 fonts', STRIPE_FONTS, '25', '157.5'],
    ['Lago: the first hundred', LAGO_CALLS, '100', '100'],
    ['Lago: into the second', LAGO_CALLS, '150', '125'],
    ['Lago: into the open tier', LAGO_CALLS, '1000', '230'],
    ['Autumn: 15,000 requests', AUTUMN_REQUESTS, '15000', '107'],
    ['Zuplo: 15,000 units', ZUPLO_REQUESTS, '15000', '600'],
    ['OpenMeter: 6,000 units', OPENMETER_TIERS, '6000', '1200'],
    ['OpenMeter: a flat price and overage', OPENMETER_FLAT, '2000', '600'],
    ['OpenMeter: a flat price without usage', OPENMETER_FLAT, '0', '500'],
    ['OpenMeter: the price of the first unit', OPENMETER_FIRST_UNIT, '2000', '600'],
    ['OpenMeter: nothing without the first unit', OPENMETER_FIRST_UNIT, '0', '0'],
    ['Kill Bill: 400 litres', KILL_BILL_WATER, '400', '600'],
    ['Kill Bill: 1,200 litres', KILL_BILL_WATER, '1200', '1900'],
    ['Kill Bill: 400 minutes', KILL_BILL_MINUTES, '400', '250'],
    ['Kill Bill: 7 videos', KILL_BILL_VIDEOS, '7', '12'],
    ['Orb: 11 units', ORB_TIERED, '11', '5.1'],
    ['Metronome: 1,500 gigabytes', METRONOME_STORAGE, '1500', '145'],
  ])('%s', (_, price, quantity, expected) => {
    expect(cost(price, quantity)).toBe(expected);
  });
});

describe('borders', () => {
  test.each([
    ['the first flat amount is charged at zero', WITH_FLATS, '0', '20'],
    ['just below a bound', WITH_FLATS, '99.999999999999999', '29.9999999999999999'],
    ['a bound belongs to its own tier', WITH_FLATS, '100', '30'],
    ['half a unit more enters the next', WITH_FLATS, '100.5', '37.025'],
    ['the least bit more enters the next', WITH_FLATS, '100.000000000000001', '37.00000000000000005'],
    ['the second bound', WITH_FLATS, '200', '42'],
    ['the open tier with a flat amount only', WITH_FLATS, '201', '45'],
    ['99.5 units lie in the first tier', LAGO_CALLS, '99.5', '99.5'],
    ['a fractional bound', graduated(['0.5', '10'], [null, '1']), '2', '6.5'],
    ['one open tier is per unit', graduated([null, '0.25']), '10', '2.5'],
    [
      '10^18 over tiers of 12 decimals',
      graduated(['1000000000', '0.000000000003'], [null, '0.000000000001']),
      '1000000000000000000',
      '1000000.002',
    ],
  ])('%s', (_, price, quantity, expected) => {
    expect(cost(price, quantity)).toBe(expected);
  });
});

describe('the working', () => {
  test('names the tiers that were entered, and no others', () => {
    expect(priced(WITH_FLATS, '150').steps).toEqual([
      { rule: 'tier', from: '0', up_to: '100', quantity: '100', unit_amount: '0.1', amount: '10' },
      { rule: 'tier_flat', from: '0', up_to: '100', quantity: '1', unit_amount: '20', amount: '20' },
      { rule: 'tier', from: '100', up_to: '200', quantity: '50', unit_amount: '0.05', amount: '2.5' },
      { rule: 'tier_flat', from: '100', up_to: '200', quantity: '1', unit_amount: '7', amount: '7' },
    ]);
    expect(priced(WITH_FLATS, '0').steps.map((step) => step.quantity)).toEqual(['0', '1']);
  });

  test('a tier without a flat amount tells none, and one of zero neither', () => {
    expect(priced(LAGO_CALLS, '100').steps).toHaveLength(1);
    expect(priced(graduated(['5', '1', '0'], [null, '2']), '5').steps).toHaveLength(1);
    expect(priced(LAGO_CALLS, '1000').steps.at(-1)).toEqual({
      rule: 'tier',
      from: '200',
      up_to: null,
      quantity: '800',
      unit_amount: '0.1',
      amount: '80',
    });
  });
});
