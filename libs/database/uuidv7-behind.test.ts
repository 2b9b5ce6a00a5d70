import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uuidv7 } from './uuidv7.ts';
import { uuidv7Behind } from './uuidv7-behind.ts';

test('sorts behind all others, whatever the clock says', () => {
  const times = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 5 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 2 ** 40 }), (made, now) => {
      const others = made.map((time) => uuidv7(time));
      const id = uuidv7Behind(others, now);
      expect([...others, id].sort().at(-1)).toBe(id);
    }),
  );
});

test('keeps to the clock where that is behind the others', () => {
  expect(uuidv7Behind([uuidv7(1)], 0x017f22e279b0)).toMatch(/^017f22e2-79b0-7/);
  expect(uuidv7Behind([], 1)).toMatch(/^00000000-0001-7/);
});
