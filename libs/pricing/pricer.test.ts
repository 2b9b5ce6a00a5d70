import { expect, test } from '@jest/globals';
import { priced } from '#tests/support/pricing/price.ts';
import { PRICE_MODELS, type Price, priceSchema } from './price-schema.ts';
import { pricerOf } from './pricer.ts';

test.each(['bulk', 'toString', 'constructor'])('a model without a pricer stops, and is not zero: %s', (model) => {
  expect(() => pricerOf({ model } as unknown as Price)).toThrow(`no pricer for price model "${model}"`);
});

test('figures are read once for a price', () => {
  const price = priceSchema.parse({ model: 'flat', amount: '1' });
  expect(pricerOf(price)).toBe(pricerOf(price));
  expect(pricerOf({ ...price })).not.toBe(pricerOf(price));
});

test('there are ten models', () => {
  expect(PRICE_MODELS).toHaveLength(10);
  expect(priced({ model: 'dynamic' }, '2').amount.toFixed()).toBe('2');
});
