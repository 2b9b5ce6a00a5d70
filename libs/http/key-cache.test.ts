import { expect, test } from '@jest/globals';
import { createKeyCache } from './key-cache.ts';
import { keyDigest } from './keys.ts';
import type { StoredKey } from './store/find-key.ts';

const digest = keyDigest('a');
const stored: StoredKey = { kind: 'operator', digest };

const setUp = () => {
  const state = { now: 0, calls: 0, find: async (): Promise<StoredKey | null> => stored };
  const lookUp = createKeyCache(
    () => {
      state.calls += 1;
      return state.find();
    },
    () => state.now,
  );
  return { state, lookUp: () => lookUp(digest) };
};
const away = async () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));

test('one read a second; a revoked key is refused after it', async () => {
  const { state, lookUp } = setUp();
  await Promise.all([lookUp(), lookUp(), lookUp()]);
  state.now = 999;
  expect(await lookUp()).toBe(stored);
  expect(state.calls).toBe(1);
  state.find = async () => null;
  state.now = 1000;
  expect(await lookUp()).toBeNull();
});

test('while the database is away a good key serves for a minute, and no longer', async () => {
  const { state, lookUp } = setUp();
  await lookUp();
  state.find = away;
  state.now = 30_000;
  expect(await lookUp()).toBe(stored);
  // Not every request waits for a database that is known to be away.
  expect(await lookUp()).toBe(stored);
  expect(state.calls).toBe(2);
  state.now = 60_000;
  await expect(lookUp()).rejects.toThrow('away');
});

test('a frozen database counts as away', async () => {
  const { state, lookUp } = setUp();
  await lookUp();
  state.find = () => new Promise(() => {});
  state.now = 5000;
  expect(await lookUp()).toBe(stored);
});

test('an unknown key is never let in because the database is away', async () => {
  const { state, lookUp } = setUp();
  state.find = async () => null;
  expect(await lookUp()).toBeNull();
  state.find = away;
  state.now = 2000;
  await expect(lookUp()).rejects.toThrow('away');
});

test('a fault in the code is not taken for an absent database', async () => {
  const { state, lookUp } = setUp();
  await lookUp();
  state.find = async () => Promise.reject(new Error('column does not exist'));
  state.now = 2000;
  await expect(lookUp()).rejects.toThrow('column does not exist');
});
