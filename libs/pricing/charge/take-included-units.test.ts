import { expect, test } from '@jest/globals';
import { amountsOf, big, linesOf } from '#tests/support/pricing/price.ts';

const TENTH = { model: 'per_unit', unit_amount: '0.1' };

test.each([
  // developer.konghq.com/metering-and-billing/pricing-models (OpenMeter as a service): usage discount.
  ['OpenMeter: 900 of 1,000 included', { price: TENTH, included_units: '900' }, '1000', '10'],
  ['OpenMeter: and 10 % off', { price: TENTH, included_units: '900', discount_percent: '10' }, '1000', '9'],
  // getlago.com/docs/guide/plans/charges/charge-models/package: the first 100 free, then 5 per 100.
  [
    'Lago: packages begin after free units',
    { price: { model: 'package', size: '100', amount: '5' }, included_units: '100' },
    '201',
    '10',
  ],
  ['all included', { price: TENTH, included_units: '900' }, '900', '0'],
  ['just over', { price: TENTH, included_units: '900' }, '900.1', '0.01'],
  ['less than included', { price: TENTH, included_units: '900' }, '5', '0'],
  ['nothing used', { price: TENTH, included_units: '900' }, '0', '0'],
  ['more taken back than used', { price: TENTH, included_units: '900' }, '-1000', '0'],
  ['nothing included', { price: TENTH, included_units: '0' }, '10', '1'],
  [
    'what is left begins at the first tier',
    {
      price: {
        model: 'graduated',
        tiers: [
          { up_to: '10', unit_amount: '1' },
          { up_to: null, unit_amount: '0.5' },
        ],
      },
      included_units: '100',
    },
    '112',
    '11',
  ],
])('%s', (_, fields, quantity, expected) => {
  expect(amountsOf(linesOf(fields, quantity))).toEqual([expected]);
});

test('each group has its own', () => {
  const groups = ['eu', 'us'].map((region) => ({ group: { region }, quantity: big('15') }));
  const fields = { price: TENTH, included_units: '10', group_by: ['region'] };
  expect(amountsOf(linesOf(fields, groups))).toEqual(['0.5', '0.5']);
});

test('shows its working', () => {
  const [line] = linesOf({ price: TENTH, included_units: '10' }, '4');
  expect(line?.steps).toEqual([
    { rule: 'included_units', quantity: '4', result: '0', amount: '0' },
    { rule: 'per_unit', quantity: '0', unit_amount: '0.1', amount: '0' },
  ]);
  expect(line?.quantity).toBe('4');
});
