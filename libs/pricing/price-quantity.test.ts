import { describe, expect, test } from '@jest/globals';
import { Big } from '#libs/money/decimal.ts';
import { priceQuantity } from './price-quantity.ts';
import { type Price, priceSchema } from './price-schema.ts';

type TierRow = [upTo: string | null, unitAmount: string, flatAmount?: string];

const perUnit = (unit_amount: string): Price => priceSchema.parse({ model: 'per_unit', unit_amount });
const graduated = (...rows: TierRow[]): Price =>
  priceSchema.parse({
    model: 'graduated',
    tiers: rows.map(([up_to, unit_amount, flat_amount]) => ({
      up_to,
      unit_amount,
      ...(flat_amount === undefined ? {} : { flat_amount }),
    })),
  });

const cost = (price: Price, quantity: string) => priceQuantity(price, new Big(quantity)).amount.toFixed();

// docs.stripe.com/subscriptions/pricing-models/tiered-pricing: fonts, 7 up to 5, 6.5 up to 10, 6 above.
const STRIPE_FONTS = graduated(['5', '7'], ['10', '6.5'], [null, '6']);
// getlago.com/docs/guide/plans/charges/charge-models/graduated: 1 for the first 100 calls, 0.50 for the next 100, then 0.10.
const LAGO_CALLS = graduated(['100', '1'], ['200', '0.5'], [null, '0.1']);
// docs.useautumn.com/documentation/modelling-pricing/graduated-pricing.
const AUTUMN_REQUESTS = graduated(['1000', '0.01'], ['10000', '0.008'], [null, '0.005']);
// zuplo.com/docs/articles/monetization/pricing-models (OpenMeter's price shapes).
const ZUPLO_REQUESTS = graduated(['1000', '0.1'], ['10000', '0.05'], [null, '0.01']);
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
    ['Zuplo: 100,000 calls at 0.001', perUnit('0.001'), '100000', '100'],
    ['Flexprice: 1,000 calls at 0.05', perUnit('0.05'), '1000', '50'],
  ])('%s', (_, price, quantity, expected) => {
    expect(cost(price, quantity)).toBe(expected);
  });
});

describe('borders', () => {
  test.each([
    ['nothing costs nothing per unit', perUnit('3'), '0', '0'],
    ['a negative quantity costs nothing per unit', perUnit('3'), '-5', '0'],
    ['a negative quantity enters the first tier like zero', WITH_FLATS, '-5', '20'],
    ['the first flat amount is charged at zero', WITH_FLATS, '0', '20'],
    ['a bound belongs to its own tier', WITH_FLATS, '100', '30'],
    ['half a unit more enters the next', WITH_FLATS, '100.5', '37.025'],
    ['the least bit more enters the next', WITH_FLATS, '100.000000000000001', '37.00000000000000005'],
    ['the second bound', WITH_FLATS, '200', '42'],
    ['the open tier with a flat amount only', WITH_FLATS, '201', '45'],
    ['99.5 units lie in the first tier', LAGO_CALLS, '99.5', '99.5'],
    ['a fractional bound', graduated(['0.5', '10'], [null, '1']), '2', '6.5'],
    ['one open tier is per unit', graduated([null, '0.25']), '10', '2.5'],
    ['a flat price at one', priceSchema.parse({ model: 'flat', amount: '49.90' }), '1', '49.9'],
    ['a flat price at zero', priceSchema.parse({ model: 'flat', amount: '49.90' }), '0', '49.9'],
    ['a trillionth each for 10^18', perUnit('0.000000000001'), '1000000000000000000', '1000000'],
    [
      '10^18 + 1 at 12 decimals keeps the last digit',
      perUnit('0.123456789012'),
      '1000000000000000001',
      '123456789012000000.123456789012',
    ],
    ['where a float gives 0.30000000000000004', perUnit('0.1'), '3', '0.3'],
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
  test('per unit', () => {
    expect(priceQuantity(perUnit('0.0020'), new Big('1500')).steps).toEqual([
      { rule: 'per_unit', quantity: '1500', unit_amount: '0.002', amount: '3' },
    ]);
  });

  test('flat', () => {
    expect(priceQuantity(priceSchema.parse({ model: 'flat', amount: '49.00' }), new Big('1')).steps).toEqual([
      { rule: 'flat', quantity: '1', unit_amount: '49', amount: '49' },
    ]);
  });

  test('graduated names the tiers that were entered, and no others', () => {
    expect(priceQuantity(WITH_FLATS, new Big('150')).steps).toEqual([
      { rule: 'tier', from: '0', up_to: '100', quantity: '100', unit_amount: '0.1', amount: '10' },
      { rule: 'tier_flat', from: '0', up_to: '100', quantity: '1', unit_amount: '20', amount: '20' },
      { rule: 'tier', from: '100', up_to: '200', quantity: '50', unit_amount: '0.05', amount: '2.5' },
      { rule: 'tier_flat', from: '100', up_to: '200', quantity: '1', unit_amount: '7', amount: '7' },
    ]);
    expect(priceQuantity(WITH_FLATS, new Big('0')).steps.map((step) => step.quantity)).toEqual(['0', '1']);
    expect(priceQuantity(LAGO_CALLS, new Big('100')).steps).toHaveLength(1);
    expect(priceQuantity(LAGO_CALLS, new Big('1000')).steps.at(-1)).toMatchObject({
      from: '200',
      up_to: null,
      quantity: '800',
    });
  });
});

test('a model without a pricer stops, and is not zero', () => {
  expect(() => priceQuantity({ model: 'stairstep' } as unknown as Price, new Big('1'))).toThrow(
    'no pricer for price model "stairstep"',
  );
});
