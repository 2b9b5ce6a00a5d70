import { expect, test } from '@jest/globals';
import { digitsFault } from './digits-fault.ts';

test.each([
  ['12.50', 'EUR', undefined],
  ['12.500', 'EUR', undefined],
  ['-0.01', 'EUR', undefined],
  ['12.505', 'EUR', 'must have at most 2 digits after the point: EUR has no smaller unit'],
  ['1', 'JPY', undefined],
  ['1.5', 'JPY', 'must have at most 0 digits after the point: JPY has no smaller unit'],
  ['1.005', 'KWD', undefined],
  // Each of these has a fault of its own.
  ['x', 'EUR', undefined],
  [1.005, 'EUR', undefined],
  ['1.005', 'XXX', undefined],
  ['1.005', undefined, undefined],
])('%s %s: %s', (amount, currency, fault) => {
  expect(digitsFault(amount, currency)).toBe(fault);
});
