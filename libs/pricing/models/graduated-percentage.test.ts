import { expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';

type TierRow = [upTo: string | null, percent: string, flatAmount?: string];

const graduatedPercentage = (...rows: TierRow[]) => ({
  model: 'graduated_percentage',
  tiers: rows.map(([up_to, percent, flat_amount]) => ({ up_to, percent, ...(flat_amount && { flat_amount }) })),
});

// getlago.com/docs/guide/plans/charges/charge-models/graduated-percentage: 500, then 550 and 4,000 more.
const LAGO = graduatedPercentage(['1000', '1', '200'], ['10000', '2', '300'], [null, '3', '400']);

test.each([
  ['Lago: the first transaction', LAGO, '500', '205'],
  ['Lago: with the second, 306 more', LAGO, '1050', '511'],
  ['Lago: with the third, 80 more', LAGO, '5050', '591'],
  ['nothing pays the first flat amount', LAGO, '0', '200'],
  ['on a bound', LAGO, '1000', '210'],
  ['just over it', LAGO, '1000.01', '510.0002'],
  ['into the open tier', LAGO, '20000', '1390'],
  ['over a hundred percent', graduatedPercentage([null, '150']), '10', '15'],
  ['12 decimals of 10^18', graduatedPercentage(['1', '0'], [null, '0.000000000001']), '1000000000000000001', '10000'],
])('%s', (_, price, quantity, expected) => {
  expect(cost(price, quantity)).toBe(expected);
});

test('shows its working', () => {
  expect(priced(LAGO, '1050').steps).toEqual([
    { rule: 'tier', from: '0', up_to: '1000', quantity: '1000', percent: '1', amount: '10' },
    { rule: 'tier_flat', from: '0', up_to: '1000', quantity: '1', unit_amount: '200', amount: '200' },
    { rule: 'tier', from: '1000', up_to: '10000', quantity: '50', percent: '2', amount: '1' },
    { rule: 'tier_flat', from: '1000', up_to: '10000', quantity: '1', unit_amount: '300', amount: '300' },
  ]);
  expect(priced(graduatedPercentage([null, '1.50']), '10').steps).toEqual([
    { rule: 'tier', from: '0', up_to: null, quantity: '10', percent: '1.5', amount: '0.15' },
  ]);
});
