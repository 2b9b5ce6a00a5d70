import { describe, expect, test } from '@jest/globals';
import { amountsOf, big, linesOf, stepsSum } from '#tests/support/pricing/price.ts';

const price = { model: 'per_unit', unit_amount: '1' };
const groupsOf = (...quantities: string[]) =>
  quantities.map((quantity, index) => ({ group: { region: String(index) }, quantity: big(quantity) }));

describe('one group', () => {
  test.each([
    ['below', '99.99', '99.99'],
    ['on it', '100', '100'],
    ['just over', '100.000000000000001', '100'],
    ['far over', '1000000000000000000', '100'],
  ])('%s', (_, quantity, expected) => {
    expect(amountsOf(linesOf({ price, maximum_amount: '100' }, quantity))).toEqual([expected]);
  });

  test('a maximum of nothing', () => {
    expect(amountsOf(linesOf({ price, maximum_amount: '0' }, '5'))).toEqual(['0']);
  });

  test('shows its working', () => {
    expect(linesOf({ price, maximum_amount: '100.0' }, '120')[0]?.steps).toEqual([
      { rule: 'per_unit', quantity: '120', unit_amount: '1', amount: '120' },
      { rule: 'maximum', quantity: '1', unit_amount: '100', amount: '-20' },
    ]);
  });

  test('one of more digits than the currency is taken as it is, until the line is rounded', () => {
    expect(linesOf({ price, maximum_amount: '10.005' }, '20')[0]?.steps).toEqual([
      { rule: 'per_unit', quantity: '20', unit_amount: '1', amount: '20' },
      { rule: 'maximum', quantity: '1', unit_amount: '10.005', amount: '-9.995' },
    ]);
  });

  test('after the discount', () => {
    expect(amountsOf(linesOf({ price, maximum_amount: '100', discount_percent: '10' }, '110'))).toEqual(['99']);
  });
});

describe('groups together', () => {
  const fields = { price, maximum_amount: '100', group_by: ['region'] };
  test.each([
    ['below', ['60', '39.99'], ['60', '39.99']],
    ['on it', ['60', '40'], ['60', '40']],
    ['shared by what each would have cost', ['150', '50'], ['75', '25']],
    ['by largest remainder, ties to the first', ['50', '50', '50'], ['33.34', '33.33', '33.33']],
    ['a group without usage gets nothing', ['200', '0'], ['100', '0']],
    ['each rounded up would be a cent too much', ['50.005', '49.995'], ['50.01', '49.99']],
  ])('%s', (_, quantities, expected) => {
    expect(amountsOf(linesOf(fields, groupsOf(...quantities)))).toEqual(expected);
  });

  test('two half cents are one', () => {
    const lines = linesOf({ ...fields, maximum_amount: '0.01' }, groupsOf('0.005', '0.005'));
    expect(amountsOf(lines)).toEqual(['0.01', '0']);
    expect(lines.map(({ steps }) => stepsSum(steps).toFixed())).toEqual(['0.01', '0']);
  });

  test('one of more digits than the currency is rounded', () => {
    expect(amountsOf(linesOf({ ...fields, maximum_amount: '10.005' }, groupsOf('10', '10')))).toEqual(['5.01', '5']);
  });
});
