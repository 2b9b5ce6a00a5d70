import { expect, test } from '@jest/globals';
import { startLoop } from './start-loop.ts';

/** Resolves when the loop has been called so often. */
function counted(work: (call: number, stopped: AbortSignal) => Promise<number | undefined>, wanted: number) {
  const errors: string[] = [];
  let calls = 0;
  let reached = () => {};
  const done = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const loop = startLoop({
    pauseMs: 0,
    work: async (stopped) => {
      calls += 1;
      if (calls === wanted) reached();
      return work(calls, stopped);
    },
    onError: (error) => void errors.push((error as Error).message),
  });
  return { loop, done, errors, calls: () => calls };
}

test('goes on after an error, and tells each', async () => {
  const { loop, done, errors } = counted(async (call) => {
    throw new Error(String(call));
  }, 3);
  await done;
  await loop.stop();
  expect(errors.slice(0, 3)).toEqual(['1', '2', '3']);
});

test('is called no more once it is stopped, whatever pause it asked for', async () => {
  const { loop, done, calls } = counted(async () => 3_600_000, 1);
  await done;
  await loop.stop();
  expect(calls()).toBe(1);
});

test('stops when the call under way has ended, which hears of it', async () => {
  const ended: string[] = [];
  const { loop, done } = counted(async (_, stopped) => {
    await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
    await new Promise((resolve) => setImmediate(resolve));
    ended.push('work');
    return undefined;
  }, 1);
  await done;
  await loop.stop();
  expect(ended).toEqual(['work']);
});
