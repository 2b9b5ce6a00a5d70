import { describe, expect, test } from '@jest/globals';
import { faultsOf } from '#tests/support/faults.ts';
import { chargeSchema } from './charge-schema.ts';

const FLAT = { model: 'flat', amount: '1' };
const UNIT = { model: 'per_unit', unit_amount: '1' };
const PERCENTAGE = { model: 'percentage', percent: '1' };
const GRADUATED_PERCENTAGE = { model: 'graduated_percentage', tiers: [{ up_to: null, percent: '1' }] };
const DYNAMIC = { model: 'dynamic', multiplier: '1' };
const matrix = (...dimensions: string[]) => ({ model: 'matrix', dimensions, rates: [] });
const unit = (fields: Readonly<Record<string, unknown>>) => ({ key: 'a', price: UNIT, ...fields });

test('the charge of the documentation is taken, and what is left out is filled in', () => {
  const charge = {
    key: 'api',
    name: 'API calls',
    meter: 'calls',
    filter: { region: ['eu', 'us'] },
    group_by: ['region'],
    prices: { USD: UNIT, EUR: { ...UNIT, unit_amount: '0.9' } },
    every: 'month',
    convert: { divide: '1000', round: 'up', places: 0 },
    included_units: '100',
    discount_percent: '10',
    maximum_amount: '100',
    minimum_amount: '100',
    unit: { name: 'credits', rate: '0.01' },
  };
  expect(chargeSchema.parse(charge)).toEqual({ ...charge, billing: 'in_arrears', prorate: true });
  expect(chargeSchema.parse(unit({ convert: { multiply: '2' } })).convert).toEqual({
    multiply: '2',
    round: 'none',
    places: 0,
  });
});

describe('charges that are taken', () => {
  test.each([
    ['a fee in advance', { key: 'a', price: FLAT, billing: 'in_advance', every: 'year' }],
    ['a fee once', { key: 'a', price: FLAT, billing: 'once' }],
    ['seats in advance', unit({ quantity: 'seats', billing: 'in_advance' })],
    ['seats with some included', unit({ quantity: 'seats', included_units: '3' })],
    ['a share of usage with some included', { key: 'a', price: GRADUATED_PERCENTAGE, included_units: '3' }],
    ['a matrix alone', { key: 'a', price: matrix('region') }],
    ['a matrix grouped by more', { key: 'a', price: matrix('region'), group_by: ['class', 'region'] }],
    [
      'matrices with the same dimensions in another order',
      { key: 'a', prices: { USD: matrix('a', 'b'), EUR: matrix('b', 'a') } },
    ],
    ['a minimum alone', unit({ minimum_amount: '5' })],
    ['minimum and maximum of nothing', unit({ minimum_amount: '0', maximum_amount: '0' })],
  ])('%s', (_, charge) => {
    expect(faultsOf(chargeSchema, charge)).toEqual([]);
  });
});

describe('charges that are refused, with all faults and where they are', () => {
  test.each<[string, unknown, string[]]>([
    ['no object', 'x', [' must be an object']],
    ['nothing', null, [' must be an object']],
    ['an empty one', {}, ['/key is missing', '/price is missing: send price, or prices by currency']],
    [
      'a key with a space',
      { key: 'a b', price: UNIT },
      ['/key must be 1 to 64 letters, digits, "_", "." or "-", and not begin with "." or "-"'],
    ],
    ['an unknown field', unit({ colour: 1 }), ['/colour is not a known field']],
    ['a price twice', unit({ prices: { USD: UNIT } }), ['/prices must be left out beside price']],
    ['no price in any currency', { key: 'a', prices: {} }, ['/prices must hold a price for at least one currency']],
    ['prices that are no object', { key: 'a', prices: 'x' }, ['/prices must be an object']],
    ['prices of nothing', { key: 'a', prices: null }, ['/prices must be an object']],
    [
      'no currency, and no amount',
      { key: 'a', prices: { usd: UNIT, EUR: { model: 'per_unit' } } },
      [
        '/prices/usd must be a currency of ISO 4217 in capital letters, such as USD',
        '/prices/EUR/unit_amount is missing',
      ],
    ],
    [
      'two models',
      { key: 'a', prices: { USD: UNIT, EUR: FLAT, JPY: UNIT } },
      ['/prices must be of one model in all currencies, not per_unit and flat'],
    ],
    [
      'a fee that counts',
      {
        key: 'a',
        price: FLAT,
        meter: 'm',
        filter: { r: ['eu'] },
        group_by: ['r'],
        convert: { divide: '1' },
        included_units: '1',
        quantity: 's',
      },
      ['meter', 'filter', 'group_by', 'convert', 'included_units', 'quantity'].map(
        (field) => `/${field} must be left out: a flat price counts nothing`,
      ),
    ],
    [
      'money that is included',
      { key: 'a', price: PERCENTAGE, included_units: '1' },
      ['/included_units must be left out: a percentage price counts money, not units'],
    ],
    [
      'and in another model',
      { key: 'a', prices: { USD: DYNAMIC }, included_units: '1' },
      ['/included_units must be left out: a dynamic price counts money, not units'],
    ],
    ...[PERCENTAGE, GRADUATED_PERCENTAGE, matrix('a'), DYNAMIC].map((price): [string, unknown, string[]] => [
      `seats by ${price.model}`,
      { key: 'a', price, quantity: 's' },
      [`/quantity must be left out: a ${price.model} price cannot price a quantity of the subscription`],
    ]),
    [
      'seats and a meter',
      unit({ meter: 'm', quantity: 's' }),
      ['/quantity must be left out beside meter: one of the two is priced'],
    ],
    [
      'usage in advance',
      unit({ meter: 'm', billing: 'in_advance' }),
      ['/billing must be in_arrears: usage is known only afterwards'],
    ],
    [
      'usage once',
      unit({ meter: 'm', billing: 'once' }),
      ['/billing must be in_arrears: usage is known only afterwards'],
    ],
    [
      'once every year',
      { key: 'a', price: FLAT, billing: 'once', every: 'year' },
      ['/every must be left out: it is billed once'],
    ],
    [
      'seats with properties',
      unit({ quantity: 's', filter: { r: ['eu'] }, group_by: ['r'] }),
      ['filter', 'group_by'].map(
        (field) => `/${field} must be left out: a quantity of the subscription has no properties`,
      ),
    ],
    [
      'a matrix grouped by less',
      { key: 'a', price: matrix('a', 'b', 'c'), group_by: ['b'] },
      ['/group_by must hold the dimensions of the matrix too: a, c'],
    ],
    [
      'so too in each currency',
      { key: 'a', prices: { USD: matrix('a') }, group_by: ['b'] },
      ['/group_by must hold the dimensions of the matrix too: a'],
    ],
    [
      'dimensions of what is no matrix',
      { key: 'a', price: { ...UNIT, dimensions: ['a'] }, group_by: ['b'] },
      ['/price/dimensions is not a known field'],
    ],
    [
      'a matrix that cannot be read beside one that is grouped by less',
      { key: 'a', prices: { USD: { ...matrix(), dimensions: 'a' }, EUR: matrix('a') }, group_by: ['b'] },
      ['/prices/USD/dimensions must be an array', '/group_by must hold the dimensions of the matrix too: a'],
    ],
    [
      'matrices with other dimensions',
      { key: 'a', prices: { USD: matrix('a'), EUR: matrix('b') } },
      ['/prices must have the same dimensions in all currencies: usage is grouped by them'],
    ],
    [
      'a minimum over the maximum',
      unit({ minimum_amount: '10', maximum_amount: '9.99' }),
      ['/maximum_amount must not be less than minimum_amount (10)'],
    ],
    [
      'a minimum that cannot be read',
      unit({ minimum_amount: '-1', maximum_amount: '-2' }),
      [
        '/maximum_amount must not be negative',
        '/minimum_amount must not be negative',
        '/maximum_amount must not be less than minimum_amount (-1)',
      ],
    ],
    [
      'more than all',
      unit({ discount_percent: '100.000000000000001' }),
      ['/discount_percent must be between 0 and 100'],
    ],
    ['less than none', unit({ discount_percent: '-1' }), ['/discount_percent must be between 0 and 100']],
    ['no conversion', unit({ convert: {} }), ['/convert must hold either divide or multiply']],
    [
      'two conversions',
      unit({ convert: { divide: '1', multiply: '2' } }),
      ['/convert must hold either divide or multiply'],
    ],
    ['division by nothing', unit({ convert: { divide: '0' } }), ['/convert/divide must be more than 0']],
    [
      'a conversion with faults',
      unit({ convert: { multiply: '-2', round: 'near', places: 16 } }),
      [
        '/convert/multiply must be more than 0',
        '/convert/round must be one of "up", "down", "half_up", "none"',
        '/convert/places must be at most 15',
      ],
    ],
    ['half a place', unit({ convert: { divide: '2', places: 1.5 } }), ['/convert/places must be a whole number']],
    ['places below zero', unit({ convert: { divide: '2', places: -1 } }), ['/convert/places must be at least 0']],
    ['a conversion that is no object', unit({ convert: 'x' }), ['/convert must be an object']],
    ['no groups', unit({ group_by: [] }), ['/group_by must hold at least 1 entry']],
    ['eleven groups', unit({ group_by: [...'abcdefghijk'] }), ['/group_by must hold at most 10 entries']],
    ['a property twice', unit({ group_by: ['r', 'r'] }), ['/group_by must not name a property twice']],
    ['a filter that nothing passes', unit({ filter: { r: [] } }), ['/filter/r must hold at least 1 entry']],
    [
      'words that are not known',
      unit({ billing: 'weekly', every: 'fortnight', prorate: 'yes' }),
      [
        '/billing must be one of "in_arrears", "in_advance", "once"',
        '/every must be one of "day", "week", "month", "quarter", "year"',
        '/prorate must be true or false',
      ],
    ],
    [
      'a unit without worth',
      unit({ unit: { name: '', rate: '0' } }),
      ['/unit/name must not be empty', '/unit/rate must be more than 0'],
    ],
    ['a unit without rate', unit({ unit: { name: 'credits' } }), ['/unit/rate is missing']],
    [
      'a value that no event has',
      unit({ filter: { r: ['a\0'] } }),
      ['/filter/r/0 must be Unicode without the character 0'],
    ],
    [
      'faults inside and around the price, at once',
      {
        key: 'a',
        price: { model: 'graduated', tiers: [{ up_to: '1', unit_amount: '-1' }] },
        meter: 'm',
        billing: 'once',
        minimum_amount: '5',
        maximum_amount: '4',
      },
      [
        '/price/tiers/0/unit_amount must not be negative',
        '/price/tiers/0/up_to must be null: the last tier is open, so that every quantity has a price',
        '/billing must be in_arrears: usage is known only afterwards',
        '/maximum_amount must not be less than minimum_amount (5)',
      ],
    ],
  ])('%s', (_, charge, expected) => {
    expect(faultsOf(chargeSchema, charge)).toEqual(expected);
  });
});

test('what is nested without end is refused as what it is not', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const matrix = { model: 'matrix', dimensions: [deep], rates: [{ values: deep, unit_amount: deep }] };
  const half = { model: 'matrix', dimensions: ['r', deep], rates: [] };
  expect(faultsOf(chargeSchema, { key: 'a', price: half, group_by: ['r'] })).toEqual([
    '/price/dimensions/1 must be a string',
  ]);
  expect(faultsOf(chargeSchema, { key: 'a', meter: 'm', group_by: ['r'], filter: { r: deep }, price: matrix })).toEqual(
    [
      '/filter/r/0 must be a string',
      '/price/dimensions/0 must be a string',
      '/price/rates/0/values/0 must be a string',
      '/price/rates/0/unit_amount must be a string',
    ],
  );
});
