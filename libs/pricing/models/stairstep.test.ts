import { expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

const stairstep = (...rows: [upTo: string | null, flatAmount: string][]) => ({
  model: 'stairstep',
  tiers: rows.map(([up_to, flat_amount]) => ({ up_to, flat_amount })),
});

// docs.killbill.io/latest/catalog-examples: capacity billing; the second tier is closed there.
const KILL_BILL_CAPACITY = stairstep(['1000', '750'], [null, '500']);
const STEPS = stairstep(['10', '100'], ['20.5', '180'], [null, '0']);

test.each([
  ['Kill Bill: 400 units', KILL_BILL_CAPACITY, '400', '750'],
  ['Kill Bill: 1,200 units', KILL_BILL_CAPACITY, '1200', '500'],
  ['nothing used pays the first step', STEPS, '0', '100'],
  ['on a bound', STEPS, '10', '100'],
  ['just over it', STEPS, '10.000000000000001', '180'],
  ['on a fractional bound', STEPS, '20.5', '180'],
  ['a last step that is free', STEPS, '20.6', '0'],
  ['10^18', STEPS, '1000000000000000000', '0'],
])('%s', (_, price, quantity, expected) => {
  expect(cost(price, quantity)).toBe(expected);
});

test('the working names the step, a free one too', () => {
  expect(priced(STEPS, '11').steps).toEqual([
    { rule: 'tier_flat', from: '10', up_to: '20.5', quantity: '1', unit_amount: '180', amount: '180' },
  ]);
  expect(priced(STEPS, '21').steps).toEqual([
    { rule: 'tier_flat', from: '20.5', up_to: null, quantity: '1', unit_amount: '0', amount: '0' },
  ]);
});
