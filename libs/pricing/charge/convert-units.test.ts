import { describe, expect, test } from '@jest/globals';
import { big, chargeOf, linesOf } from '#tests/support/pricing/price.ts';
import { convertUnits } from './convert-units.ts';

type Convert = Readonly<Record<string, unknown>>;

const UNIT = { model: 'per_unit', unit_amount: '1' };

/** The quantity that is priced. */
function converted(convert: Convert, quantity: string): string {
  const charge = chargeOf({ price: UNIT, convert });
  const context = {
    charge,
    price: { model: 'per_unit', unit_amount: '1' },
    currency: 'USD',
    share: undefined,
  } as const;
  const working = { usage: { quantity: big(quantity) }, amount: big('0'), steps: [] };
  return convertUnits(working, context).usage.quantity.toFixed();
}

describe('units of the meter into units of the price', () => {
  test.each<[string, Convert, string, string]>([
    // docs.stripe.com/billing/subscriptions/usage-based/transform-quantities: 150 minutes are 3 hours.
    ['Stripe: hours that are begun', { divide: '60', round: 'up' }, '150', '3'],
    // stripe.com/docs/billing/subscriptions/quantity-transformation.
    ['Stripe: 5 users', { divide: '5', round: 'up' }, '5', '1'],
    ['Stripe: 6 users', { divide: '5', round: 'up' }, '6', '2'],
    // docs.metronome.com/pricing-and-packaging/create-plans: bytes priced in megabytes by a factor of 1024. The sum is ours.
    ['Metronome: a factor of 1024', { divide: '1024' }, '1536', '1.5'],
    ['no rounding unless asked for', { divide: '8' }, '1', '0.125'],
    ['multiplied', { multiply: '1.5' }, '3', '4.5'],
    ['multiplied and rounded', { multiply: '1.5', round: 'up' }, '3', '5'],
    ['up: exact stays', { divide: '60', round: 'up' }, '120', '2'],
    ['up: just over', { divide: '60', round: 'up' }, '120.000000000000001', '3'],
    ['down', { divide: '60', round: 'down' }, '179.9', '2'],
    ['down: exact stays', { divide: '60', round: 'down' }, '180', '3'],
    ['half up: just under', { divide: '60', round: 'half_up' }, '89.999999999999999', '1'],
    ['half up: on the half', { divide: '60', round: 'half_up' }, '90', '2'],
    ['half up: over it', { divide: '60', round: 'half_up' }, '91', '2'],
    ['places', { divide: '3', round: 'down', places: 2 }, '2', '0.66'],
    ['places, up', { divide: '3', round: 'up', places: 2 }, '2', '0.67'],
    ['places, half up', { multiply: '0.125', round: 'half_up', places: 2 }, '1', '0.13'],
    ['15 places', { divide: '3', round: 'half_up', places: 15 }, '1', '0.333333333333333'],
    ['nothing', { divide: '60', round: 'up' }, '0', '0'],
    ['half up of nothing', { divide: '60', round: 'half_up' }, '0', '0'],
    [
      'begun by less than 40 digits of a quotient show',
      { divide: '100000000000000000000000000000', round: 'up' },
      '100000000000000000000000000000.000000000000001',
      '2',
    ],
    ['10^18 seconds', { divide: '3600', round: 'up' }, '1000000000000000000', '277777777777778'],
  ])('%s', (_, convert, quantity, expected) => {
    expect(converted(convert, quantity)).toBe(expected);
  });

  test('without rounding 40 digits remain', () => {
    expect(converted({ divide: '3' }, '1')).toBe(`0.${'3'.repeat(40)}`);
  });

  test('comes before tiers, packages and included units', () => {
    const fields = { price: UNIT, convert: { divide: '60', round: 'up' }, included_units: '2' };
    expect(linesOf(fields, '150')[0]?.steps).toEqual([
      { rule: 'convert', quantity: '150', result: '3', amount: '0' },
      { rule: 'included_units', quantity: '2', result: '1', amount: '0' },
      { rule: 'per_unit', quantity: '1', unit_amount: '1', amount: '1' },
    ]);
  });

  test('of single events each, before limits are looked at; below zero as above it', () => {
    const price = { model: 'percentage', percent: '10', maximum_per_event: '1' };
    const usage = [{ group: null, quantity: big('2390'), events: ['1250', '1151', '-11'].map(big) }];
    const [line] = linesOf({ price, convert: { divide: '100', round: 'up', places: 1 } }, usage);
    expect(line?.steps).toEqual([
      { rule: 'convert', quantity: '2390', result: '23.9', amount: '0' },
      { rule: 'percent', quantity: '23.9', percent: '10', amount: '2.39' },
      { rule: 'maximum_per_event', quantity: '2', amount: '-0.41' },
    ]);
    const [half] = linesOf({ price, convert: { divide: '100', round: 'half_up' } }, [
      { group: null, quantity: big('100'), events: ['250', '-150'].map(big) },
    ]);
    expect(half?.steps[0]).toEqual({ rule: 'convert', quantity: '100', result: '1', amount: '0' });
  });
});
