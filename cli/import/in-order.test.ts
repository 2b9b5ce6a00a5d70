import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createInOrder } from './in-order.ts';

test('law: whatever the order in which they become ready, the work is done in the order of their numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }), async (order) => {
      const done: number[] = [];
      const inOrder = createInOrder(async (number: number) => void done.push(number));
      const added = await Promise.all(order.map((number) => inOrder.add(number, number)));
      expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(added.every((isDone) => isDone)).toBe(true);
    }),
  );
});

test('behind one that does not come nothing is done, and nobody waits', async () => {
  const done: number[] = [];
  const inOrder = createInOrder(async (number: number) => void done.push(number));
  const waiting = [inOrder.add(0, 0), inOrder.add(2, 2), inOrder.add(3, 3)];
  inOrder.giveUp();
  expect(await Promise.all(waiting)).toEqual([true, false, false]);
  expect(await inOrder.add(1, 1)).toBe(false);
  expect(done).toEqual([0]);
});
