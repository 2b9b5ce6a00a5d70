import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { refuseDoubledKeys } from './refuse-doubled-keys.ts';

const schema = z.unknown().superRefine(refuseDoubledKeys);
const faultsOf = (charges: unknown) =>
  schema.safeParse(charges).error?.issues.map(({ path, message }) => `${path.join('/')} ${message}`);

test('a key that comes again names where it was first', () => {
  const charges = ['a', 'b', 'a', 'c', 'b', 'a'].map((key) => ({ key }));
  expect(faultsOf(charges)).toEqual([
    '2/key is the key of charge 0 too',
    '4/key is the key of charge 1 too',
    '5/key is the key of charge 0 too',
  ]);
});

test.each([
  [[{ key: 'a' }, { key: 'b' }]],
  [[null, undefined, {}, {}, { key: 1 }, { key: 1 }]],
  [undefined],
  ['aa'],
  [{ key: 'a' }],
])('%j has no two', (charges) => {
  expect(faultsOf(charges)).toBeUndefined();
});
