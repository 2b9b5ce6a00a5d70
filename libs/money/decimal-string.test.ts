import { expect, test } from '@jest/globals';
import { Big } from './decimal.ts';
import { decimalString } from './decimal-string.ts';

test.each([
  ['zero', new Big('0.00'), '0'],
  ['zero below zero', new Big('-0'), '0'],
  ['what a negative factor leaves of nothing', new Big('-1').times('0'), '0'],
  ['trailing zeros', new Big('-12.50'), '-12.5'],
  ['very much', new Big('1e30'), `1${'0'.repeat(30)}`],
  ['very little', new Big('1e-30'), `0.${'0'.repeat(29)}1`],
])('%s', (_, value, expected) => {
  expect(decimalString(value)).toBe(expected);
});
