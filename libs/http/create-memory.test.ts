import { expect, test } from '@jest/globals';
import { createMemory } from './create-memory.ts';

const stored = { name: 'a' };

const setUp = () => {
  const state = { now: 0, calls: 0, find: async (): Promise<typeof stored | null> => stored };
  const remember = createMemory({
    what: 'look up a key',
    mayServe: (value: typeof stored | null) => value !== null,
    now: () => state.now,
  });
  const find = () => {
    state.calls += 1;
    return state.find();
  };
  return { state, lookUp: () => remember('id', find) };
};
const away = async () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));

test('one read a second; what is there no more is gone after it', async () => {
  const { state, lookUp } = setUp();
  await Promise.all([lookUp(), lookUp(), lookUp()]);
  state.now = 999;
  expect(await lookUp()).toBe(stored);
  expect(state.calls).toBe(1);
  state.find = async () => null;
  state.now = 1000;
  expect(await lookUp()).toBeNull();
});

test('while the database is away the last value serves for a minute, and no longer', async () => {
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
  expect(state.calls).toBe(2);
  // Only one request a second finds out, the others do not wait: it is asked no more, and answered at once.
  const others = Promise.race([lookUp(), new Promise((resolve) => setImmediate(() => resolve('waits')))]);
  expect(await others).toBe(stored);
  state.now = 6000;
  expect(await lookUp()).toBe(stored);
});

test('what may not serve on is asked for again, and never given because the database is away', async () => {
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

test('each id by itself', async () => {
  const remember = createMemory<string>({ what: 'look up', now: () => 0 });
  expect(await Promise.all(['a', 'b', 'a'].map((id) => remember(id, async () => id)))).toEqual(['a', 'b', 'a']);
});
