import { describe, expect, test } from '@jest/globals';
import { amountsOf, big, linesOf } from '#tests/support/pricing/price.ts';
import { CannotPrice } from '../cannot-price.ts';

const UNIT = { model: 'per_unit', unit_amount: '1' };
const TIERS = {
  model: 'graduated',
  tiers: [
    { up_to: '10', unit_amount: '1', flat_amount: '5' },
    { up_to: null, unit_amount: '0.5' },
  ],
};

describe('the order around a price', () => {
  test('is units, included, price, unit rate, discount, maximum, minimum', () => {
    const lines = linesOf(
      {
        price: UNIT,
        convert: { divide: '10' },
        included_units: '10',
        unit: { name: 'credits', rate: '2' },
        discount_percent: '10',
        maximum_amount: '150',
        minimum_amount: '150',
      },
      '1100',
    );
    expect(lines.map(({ kind }) => kind)).toEqual(['charge']);
    expect(lines[0]?.steps.map(({ rule, amount }) => `${rule} ${amount}`)).toEqual([
      'convert 0',
      'included_units 0',
      'per_unit 100',
      'unit_rate 100',
      'discount -20',
      'maximum -30',
    ]);
    expect(amountsOf(lines)).toEqual(['150']);
  });
});

describe('lines', () => {
  test('say what they bill', () => {
    expect(linesOf({ key: 'calls', price: UNIT }, '12.345')).toEqual([
      {
        charge: 'calls',
        kind: 'charge',
        group: null,
        quantity: '12.345',
        amount: big('12.35'),
        steps: [{ rule: 'per_unit', quantity: '12.345', unit_amount: '1', amount: '12.345' }],
      },
    ]);
  });

  test.each([
    ['USD', '1.005', '1.01'],
    ['USD', '1.0049', '1'],
    ['JPY', '0.5', '1'],
    ['KWD', '1.0005', '1.001'],
    ['CLF', '1.00005', '1.0001'],
  ])('are rounded once, half away from zero, to the digits of %s', (currency, quantity, expected) => {
    expect(amountsOf(linesOf({ price: UNIT }, quantity, { currency }))).toEqual([expected]);
  });

  test('tiers begin anew in each group, which come in their order', () => {
    const groups = ['us', 'eu'].map((region) => ({ group: { region }, quantity: big('15') }));
    const lines = linesOf({ price: TIERS, group_by: ['region'] }, groups);
    expect(amountsOf(lines)).toEqual(['17.5', '17.5']);
    expect(lines.map(({ group }) => group)).toEqual([{ region: 'us' }, { region: 'eu' }]);
  });

  test('a matrix is priced by its group', () => {
    const price = { model: 'matrix', dimensions: ['size'], rates: [{ values: ['l'], unit_amount: '2' }] };
    expect(amountsOf(linesOf({ price }, [{ group: { size: 'l' }, quantity: big('3') }]))).toEqual(['6']);
  });

  test.each([
    ['-5', '5'],
    ['-0.000000000000001', '5'],
    ['-0', '5'],
    ['0', '5'],
  ])('a quantity of %s is priced as none', (quantity, expected) => {
    const [line] = linesOf({ price: TIERS }, quantity);
    expect(line?.amount.toFixed()).toBe(expected);
    expect(line?.steps[0]).toMatchObject({ quantity: '0', amount: '0' });
  });

  test('events below zero altogether are priced as none, those that come to zero are not', () => {
    const price = { model: 'percentage', percent: '1', fixed_amount: '0.30' };
    const usage = (...events: string[]) => [
      { group: null, quantity: events.reduce((sum, each) => sum.plus(each), big('0')), events: events.map(big) },
    ];
    expect(amountsOf(linesOf({ price }, usage('10', '-20')))).toEqual(['0']);
    expect(amountsOf(linesOf({ price }, usage('10', '-10')))).toEqual(['0.3']);
    expect(amountsOf(linesOf({ price }, usage('0', '0')))).toEqual(['0.6']);
  });

  test('the price of the currency', () => {
    const prices = { USD: UNIT, EUR: { model: 'per_unit', unit_amount: '0.9' } };
    expect(amountsOf(linesOf({ prices }, '10', { currency: 'EUR' }))).toEqual(['9']);
    expect(() => linesOf({ prices }, '10', { currency: 'GBP' })).toThrow(CannotPrice);
    expect(() => linesOf({ prices }, '10', { currency: 'GBP' })).toThrow(
      'Charge "api" has no price in GBP, only in USD, EUR.',
    );
  });
});

describe('what was billed before', () => {
  test('is taken off the price of everything so far', () => {
    const usage = [{ group: null, quantity: big('15'), shown: big('7'), billedBefore: big('13') }];
    expect(linesOf({ price: TIERS }, usage)[0]).toMatchObject({ quantity: '7', amount: big('4.5') });
    expect(linesOf({ price: TIERS }, usage)[0]?.steps.at(-1)).toEqual({
      rule: 'billed_before',
      quantity: '1',
      amount: '-13',
    });
  });

  test('the steps add up: the rounding is told, if there was any', () => {
    const usage = (quantity: string) => [{ group: null, quantity: big(quantity), billedBefore: big('0') }];
    expect(linesOf({ price: UNIT }, usage('1.006'))[0]?.steps.slice(1)).toEqual([
      { rule: 'rounding', quantity: '1', amount: '0.004' },
      { rule: 'billed_before', quantity: '1', amount: '0' },
    ]);
    expect(linesOf({ price: UNIT }, usage('1.01'))[0]?.steps.map(({ rule }) => rule)).toEqual([
      'per_unit',
      'billed_before',
    ]);
  });

  test('can be more than everything costs now', () => {
    const usage = [{ group: null, quantity: big('5'), billedBefore: big('30') }];
    expect(amountsOf(linesOf({ price: UNIT }, usage))).toEqual(['-25']);
  });

  test('minimum and maximum are on everything so far', () => {
    const usage = (quantity: string, before: string) => [
      { group: null, quantity: big(quantity), billedBefore: big(before) },
    ];
    expect(amountsOf(linesOf({ price: UNIT, maximum_amount: '100' }, usage('120', '90')))).toEqual(['10']);
    // 40 used and 60 of true-up were billed; now 80 are used: 20 more of usage, 20 less of true-up.
    expect(amountsOf(linesOf({ price: UNIT, minimum_amount: '100' }, usage('80', '100')))).toEqual(['-20', '20']);
    expect(amountsOf(linesOf({ price: UNIT, minimum_amount: '100' }, usage('130', '100')))).toEqual(['30']);
  });
});
