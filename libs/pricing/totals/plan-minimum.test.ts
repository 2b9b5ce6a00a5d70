import { expect, test } from '@jest/globals';
import { big } from '#tests/support/pricing/price.ts';
import { planMinimumLine } from './plan-minimum.ts';

const linesOf = (...amounts: string[]) => amounts.map((amount) => ({ amount: big(amount) }));

test.each([
  // getlago.canny.io/feature-requests/p/set-minimum-spend-for-subscriptions: 50 and 3 × 10, at least 100.
  ['Lago: a fee and usage', '100', ['50', '30'], '20'],
  ['nothing charged', '100', [], '100'],
  ['a cent short', '100', ['99.99'], '0.01'],
  ['lines below zero count', '100', ['90', '-20'], '30'],
])('%s', (_, minimum, amounts, expected) => {
  const line = planMinimumLine(minimum, linesOf(...amounts), undefined, 'USD');
  expect(line?.amount.toFixed()).toBe(expected);
});

test.each([
  ['reached', '100', ['60', '40']],
  ['exceeded', '100', ['100.01']],
  ['of nothing', '0', []],
])('%s: no line', (_, minimum, amounts) => {
  expect(planMinimumLine(minimum, linesOf(...amounts), undefined, 'USD')).toBeUndefined();
});

test('belongs to no charge, is shared by days, and shows its working', () => {
  const line = planMinimumLine('310', linesOf('40'), { days: 10, periodDays: 31 }, 'USD');
  expect(line).toEqual({
    charge: null,
    kind: 'plan_minimum',
    group: null,
    quantity: '1',
    amount: big('60'),
    steps: [
      { rule: 'minimum', quantity: '1', unit_amount: '310', amount: '310' },
      { rule: 'proration', quantity: '10', per: '31', amount: '-210' },
      { rule: 'charged', quantity: '1', amount: '-40' },
    ],
  });
});

test('is whole for the whole period, without a step that changes nothing', () => {
  const line = planMinimumLine('310', [], { days: 31, periodDays: 31 }, 'USD');
  expect(line?.steps).toEqual([{ rule: 'minimum', quantity: '1', unit_amount: '310', amount: '310' }]);
});
