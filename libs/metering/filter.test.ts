import { expect, test } from '@jest/globals';
import { type Condition, type Properties, passesFilter } from './filter.ts';

const event: Properties = {
  region: 'eu',
  status: 200,
  ratio: '0.5',
  big: '100000000000000000000.01',
  ok: true,
  word: 'ten',
};

const cases: [string, Omit<Condition, 'property'>, string, boolean][] = [
  ['text', { eq: 'eu' }, 'region', true],
  ['other text', { eq: 'EU' }, 'region', false],
  ['a number as text', { eq: '200' }, 'status', true],
  ['a number', { eq: 200 }, 'status', true],
  ['a boolean', { eq: true }, 'ok', true],
  ['a boolean as text', { eq: 'true' }, 'ok', true],
  ['one of several', { in: ['us', 'eu'] }, 'region', true],
  ['none of several', { in: ['us', 1] }, 'region', false],
  ['there', { exists: true }, 'region', true],
  ['not there', { exists: true }, 'zone', false],
  ['rightly missing', { exists: false }, 'zone', true],
  ['wrongly there', { exists: false }, 'region', false],
  ['greater', { gt: '199.999' }, 'status', true],
  ['not greater than itself', { gt: '200' }, 'status', false],
  ['at least itself', { gte: '200' }, 'status', true],
  ['less, as decimals and not as text', { lt: '1000' }, 'status', true],
  ['at most', { lte: '0.50' }, 'ratio', true],
  ['beyond what a double holds', { gt: '100000000000000000000' }, 'big', true],
  ['equal to a property that is missing', { eq: 'x' }, 'zone', false],
  ['compared with a property that is missing', { gt: '0' }, 'zone', false],
  ['a property that every object has', { exists: true }, 'toString', false],
];

test.each(cases)('%s', (_name, condition, property, expected) => {
  expect(passesFilter([{ property, ...condition }], event)).toBe(expected);
});

test('all conditions must hold; none is no condition', () => {
  const region: Condition = { property: 'region', eq: 'eu' };
  expect(passesFilter([], event)).toBe(true);
  expect(passesFilter([region, { property: 'status', gte: '500' }], event)).toBe(false);
  expect(passesFilter([region, { property: 'status', gte: '200' }], event)).toBe(true);
});

test('a comparison with what is no number is told, never taken for false', () => {
  expect(passesFilter([{ property: 'word', gt: '1' }], event)).toEqual({
    unreadable: expect.stringMatching(/"word", which is "ten", not a decimal/),
  });
});
