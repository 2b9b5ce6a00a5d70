import { describe, expect, test } from '@jest/globals';
import { amountsOf, big, linesOf } from '#tests/support/pricing/price.ts';

const fields = (unit_amount: string, minimum_amount: string, more: Readonly<Record<string, unknown>> = {}) => ({
  price: { model: 'per_unit', unit_amount },
  minimum_amount,
  ...more,
});

describe('what is missing to the minimum', () => {
  test.each([
    // docs.getlago.com/guide/plans/charges/spending-minimum: 0.010 per user, 50 used, at least 100.
    ['Lago: tracked users', fields('0.010', '100'), '5000', ['50', '50']],
    // community.getlago.com/t/ability-to-define-minimums/55: 400 calls at 0.01, at least 5.
    ['Lago: calls', fields('0.01', '5'), '400', ['4', '1']],
    ['nothing used', fields('1', '100'), '0', ['0', '100']],
    ['a cent short', fields('1', '100'), '99.99', ['99.99', '0.01']],
    ['short by less than a cent is nothing', fields('1', '100'), '99.996', ['100']],
    ['on it', fields('1', '100'), '100', ['100']],
    ['over it', fields('1', '100'), '100.01', ['100.01']],
    ['a minimum of nothing', fields('1', '0'), '0', ['0']],
    ['rounded as all lines are', fields('1', '10.005'), '4', ['4', '6.01']],
    [
      'after discount and maximum',
      fields('1', '50', { discount_percent: '50', maximum_amount: '60' }),
      '60',
      ['30', '20'],
    ],
    ['equal to the maximum', fields('1', '50', { maximum_amount: '50' }), '70', ['50']],
  ])('%s', (_, charge, quantity, expected) => {
    expect(amountsOf(linesOf(charge, quantity))).toEqual(expected);
  });

  test('is a line of its own, over all groups', () => {
    const groups = ['eu', 'us'].map((region) => ({ group: { region }, quantity: big('10') }));
    const lines = linesOf(fields('1', '25', { group_by: ['region'] }), groups);
    expect(amountsOf(lines)).toEqual(['10', '10', '5']);
    expect(lines[2]).toMatchObject({ charge: 'api', kind: 'minimum', group: null, quantity: '1' });
    expect(lines[2]?.steps).toEqual([
      { rule: 'minimum', quantity: '1', unit_amount: '25', amount: '25' },
      { rule: 'charged', quantity: '1', amount: '-20' },
    ]);
  });

  test('is shared by days, and shows it with its rounding', () => {
    const lines = linesOf(fields('1', '100'), '4', { share: { days: 10, periodDays: 31 } });
    expect(amountsOf(lines)).toEqual(['4', '28.26']);
    const [minimum, proration, rounding, charged, ...more] = lines[1]?.steps ?? [];
    expect(minimum).toEqual({ rule: 'minimum', quantity: '1', unit_amount: '100', amount: '100' });
    expect(proration).toMatchObject({ rule: 'proration', quantity: '10', per: '31' });
    expect(proration?.amount).toMatch(/^-67\.741935483870967/);
    expect(rounding).toMatchObject({ rule: 'rounding', quantity: '1' });
    expect(rounding?.amount).toMatch(/^0\.00193548387096/);
    expect(charged).toEqual({ rule: 'charged', quantity: '1', amount: '-4' });
    expect(more).toEqual([]);
  });

  test.each([
    ['the whole period', { share: { days: 31, periodDays: 31 } }, {}, '100'],
    ['a charge that is never shared', { share: { days: 10, periodDays: 31 } }, { prorate: false }, '100'],
  ])('is whole for %s', (_, more, charge, expected) => {
    const [, line] = linesOf(fields('1', '100', charge), '0', more);
    expect(line?.amount.toFixed()).toBe(expected);
    expect(line?.steps).toEqual([{ rule: 'minimum', quantity: '1', unit_amount: '100', amount: '100' }]);
  });
});
