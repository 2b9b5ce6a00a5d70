import { describe, expect, test } from '@jest/globals';
import { cost, priced } from '#tests/support/pricing/price.ts';
import { CannotPrice } from '../cannot-price.ts';

const MATRIX = {
  model: 'matrix',
  dimensions: ['region', 'class'],
  rates: [
    { values: ['eu', 'large'], unit_amount: '0.10' },
    { values: ['eu', 'small'], unit_amount: '0.05' },
    { values: ['us', 'large'], unit_amount: '0' },
  ],
};
const WITH_DEFAULT = { ...MATRIX, default_unit_amount: '0.12' };

test.each<[string, unknown, string, Record<string, string | null>, string]>([
  ['a rate', MATRIX, '5', { region: 'eu', class: 'large' }, '0.5'],
  ['another', MATRIX, '5', { region: 'eu', class: 'small' }, '0.25'],
  ['the order in the group does not matter', MATRIX, '5', { class: 'small', region: 'eu' }, '0.25'],
  ['more properties than dimensions', MATRIX, '5', { class: 'small', region: 'eu', zone: '1' }, '0.25'],
  ['a free rate is no missing rate', MATRIX, '5', { region: 'us', class: 'large' }, '0'],
  ['the default', WITH_DEFAULT, '5', { region: 'us', class: 'small' }, '0.6'],
  ['values swapped are other values', WITH_DEFAULT, '5', { region: 'large', class: 'eu' }, '0.6'],
  ['an event without the property takes the default', WITH_DEFAULT, '5', { region: null, class: 'large' }, '0.6'],
  ['nothing used of what has no rate', MATRIX, '0', { region: 'mars', class: 'large' }, '0'],
  ['fractions', MATRIX, '0.5', { region: 'eu', class: 'large' }, '0.05'],
  ['10^18', MATRIX, '1000000000000000000', { region: 'eu', class: 'large' }, '100000000000000000'],
])('%s', (_, price, quantity, group, expected) => {
  expect(cost(price, quantity, group)).toBe(expected);
});

test('nothing used at all needs no values', () => {
  expect(priced(MATRIX, '0').steps).toEqual([
    { rule: 'matrix', values: [null, null], quantity: '0', unit_amount: '0', amount: '0' },
  ]);
});

describe('nothing is priced by guess', () => {
  test.each<[string, Record<string, string | null> | undefined, string]>([
    [
      'values without a rate',
      { region: 'mars', class: 'large' },
      'The matrix has no rate for region "mars", class "large", and no default_unit_amount: add one to a new version of the plan.',
    ],
    ['an event without the property', { region: null, class: 'large' }, 'no rate for region null, class "large"'],
    ['a property that is not told', { region: 'eu' }, 'needs the property "class" of its usage'],
    [
      'no group at all',
      undefined,
      'The matrix price needs the property "region" of its usage: send it as part of "group".',
    ],
    ['a name that objects have by birth', { class: 'large', toString: 'eu' }, 'needs the property "region"'],
  ])('%s', (_, group, message) => {
    expect(() => cost(MATRIX, '5', group)).toThrow(CannotPrice);
    expect(() => cost(MATRIX, '5', group)).toThrow(message);
  });

  test('a default does not stand in for a property that is not told', () => {
    expect(() => cost(WITH_DEFAULT, '5', { region: 'eu' })).toThrow('needs the property "class"');
  });

  test('a dimension named as objects have by birth must be told', () => {
    const price = { model: 'matrix', dimensions: ['toString'], rates: [], default_unit_amount: '1' };
    expect(() => cost(price, '5', {})).toThrow('needs the property "toString"');
  });
});

test('shows its working', () => {
  expect(priced(WITH_DEFAULT, '5', { region: 'us', class: 'small' }).steps).toEqual([
    { rule: 'matrix', values: ['us', 'small'], quantity: '5', unit_amount: '0.12', amount: '0.6' },
  ]);
});
