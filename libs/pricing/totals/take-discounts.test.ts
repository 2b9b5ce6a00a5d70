import { describe, expect, test } from '@jest/globals';
import { big } from '#tests/support/pricing/price.ts';
import type { BillLine, Discount } from './bill.ts';
import { takeDiscounts } from './take-discounts.ts';

/** Lines of charges a, b, c … with these amounts. */
const linesOf = (...amounts: string[]): BillLine[] =>
  amounts.map((amount, index) => ({
    charge: 'abcdefgh'.charAt(index),
    kind: 'charge',
    group: null,
    quantity: '1',
    amount: big(amount),
    steps: [],
  }));

function taken(lines: readonly BillLine[], discounts: readonly Discount[], currency = 'USD') {
  const { byLine, byDiscount } = takeDiscounts(lines, discounts, currency);
  return [byLine.map((amount) => amount.toFixed()), byDiscount.map((amount) => amount.toFixed())];
}

describe('discounts of an invoice', () => {
  test.each<[string, string[], Discount[], string[], string[]]>([
    ['none', ['100'], [], ['0'], []],
    ['a percentage', ['100', '50'], [{ percent: '10' }], ['10', '5'], ['15']],
    [
      'rounded once on the sum, not per line',
      ['0.05', '0.05', '0.05'],
      [{ percent: '10' }],
      ['0.01', '0.01', '0'],
      ['0.02'],
    ],
    ['half a cent goes up', ['0.05'], [{ percent: '10' }], ['0.01'], ['0.01']],
    ['a cent goes to the first among equals', ['1', '1', '1'], [{ amount: '1' }], ['0.34', '0.33', '0.33'], ['1']],
    ['to the largest remainder first', ['0.10', '0.20'], [{ amount: '0.10' }], ['0.03', '0.07'], ['0.1']],
    ['an amount', ['100', '50'], [{ amount: '30' }], ['20', '10'], ['30']],
    ['no more than there is', ['20', '10'], [{ amount: '100' }], ['20', '10'], ['30']],
    ['all of it', ['20', '10'], [{ percent: '100' }], ['20', '10'], ['30']],
    ['each on what the earlier left', ['100'], [{ percent: '10' }, { percent: '10' }], ['19'], ['10', '9']],
    ['an amount first', ['100'], [{ amount: '20' }, { percent: '10' }], ['28'], ['20', '8']],
    ['a percentage first', ['100'], [{ percent: '10' }, { amount: '20' }], ['30'], ['10', '20']],
    ['nothing is left for the second', ['100'], [{ percent: '100' }, { amount: '20' }], ['100'], ['100', '0']],
    ['some charges', ['100', '50'], [{ percent: '10', charges: ['b'] }], ['0', '5'], ['5']],
    ['charges without a line', ['100'], [{ amount: '10', charges: ['z'] }], ['0'], ['0']],
    [
      'some, then all',
      ['100', '100'],
      [{ amount: '60', charges: ['a'] }, { amount: '14' }],
      ['64', '10'],
      ['60', '14'],
    ],
    ['never on lines below zero', ['100', '-40'], [{ percent: '10' }], ['10', '0'], ['10']],
    ['only lines below zero', ['-40'], [{ amount: '10' }], ['0'], ['0']],
    ['lines of nothing', ['0', '0'], [{ amount: '10' }], ['0', '0'], ['0']],
    ['a discount of nothing', ['10'], [{ amount: '0' }], ['0'], ['0']],
    ['an amount of more digits than the currency', ['10'], [{ amount: '1.005' }], ['1.01'], ['1.01']],
    ['a third, in twelve decimals', ['10'], [{ percent: '33.333333333333' }], ['3.33'], ['3.33']],
  ])('%s', (_, amounts, discounts, byLine, byDiscount) => {
    expect(taken(linesOf(...amounts), discounts)).toEqual([byLine, byDiscount]);
  });

  test('in the digits of the currency', () => {
    expect(taken(linesOf('5', '5'), [{ percent: '10' }], 'JPY')).toEqual([['1', '0'], ['1']]);
    expect(taken(linesOf('0.005', '0.005'), [{ percent: '10' }], 'KWD')).toEqual([['0.001', '0'], ['0.001']]);
  });

  test('for all lines, what is missing to the plan minimum too; for some charges, not it', () => {
    const lines: BillLine[] = [
      ...linesOf('60'),
      { charge: null, kind: 'plan_minimum', group: null, quantity: '1', amount: big('40'), steps: [] },
    ];
    expect(taken(lines, [{ percent: '10' }])).toEqual([['6', '4'], ['10']]);
    expect(taken(lines, [{ percent: '10', charges: ['a'] }])).toEqual([['6', '0'], ['6']]);
  });
});
