import { expect, test } from '@jest/globals';
import { chargeOf } from '#tests/support/pricing/price.ts';
import { groupingOf, isFee, priceFor, priceIn } from './price-in.ts';

const FLAT = { model: 'flat', amount: '1' };
const UNIT = { model: 'per_unit', unit_amount: '1' };
const MATRIX = { model: 'matrix', dimensions: ['size'], rates: [], default_unit_amount: '1' };

test.each([
  ['a flat price', { price: FLAT }, true],
  ['flat in each currency', { prices: { EUR: FLAT } }, true],
  ['seats', { price: UNIT, quantity: 'seats' }, true],
  ['usage', { price: UNIT }, false],
  ['usage of a meter', { prices: { EUR: UNIT }, meter: 'calls' }, false],
])('%s is a fee: %p', (_, fields, expected) => {
  expect(isFee(chargeOf(fields))).toBe(expected);
});

test.each([
  ['nothing', { price: UNIT }, []],
  ['what the charge says', { price: UNIT, group_by: ['region'] }, ['region']],
  ['the dimensions of a matrix', { price: MATRIX }, ['size']],
  ['of one in each currency', { prices: { EUR: MATRIX } }, ['size']],
  ['more than the dimensions', { price: MATRIX, group_by: ['size', 'region'] }, ['size', 'region']],
])('usage is split by %s', (_, fields, expected) => {
  expect(groupingOf(chargeOf(fields))).toEqual(expected);
});

test('a price for all currencies, or for some', () => {
  expect(priceFor(chargeOf({ price: FLAT }), 'JPY')).toEqual(FLAT);
  expect(priceFor(chargeOf({ prices: { EUR: FLAT } }), 'EUR')).toEqual(FLAT);
  expect(priceFor(chargeOf({ prices: { EUR: FLAT } }), 'JPY')).toBeUndefined();
});

test('no price in a currency stops, and is not converted by guess', () => {
  const charge = chargeOf({ prices: { EUR: FLAT, USD: FLAT } });
  expect(priceIn(charge, 'USD')).toEqual(FLAT);
  expect(() => priceIn(charge, 'JPY')).toThrow(
    expect.objectContaining({
      name: 'CannotPrice',
      message: `Charge "${charge.key}" has no price in JPY, only in EUR, USD.`,
    }),
  );
});
