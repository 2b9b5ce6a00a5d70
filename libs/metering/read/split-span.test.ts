import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, hourOf } from '../hour.ts';
import { splitSpan } from './split-span.ts';

const instant = fc.integer({ min: -5 * HOUR, max: 5 * HOUR });

test('law: full hours and parts make exactly the span, and no part leaves its hour', () => {
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      fc.pre(a !== b);
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const { hours, cut, before } = splitSpan({ from, to });
      const parts = [...cut, hours].filter((part) => part.from < part.to).sort((x, y) => x.from - y.from);
      expect(parts[0]?.from).toBe(from);
      expect(parts.at(-1)?.to).toBe(to);
      for (const [index, part] of parts.slice(1).entries()) expect(part.from).toBe(parts[index]?.to);
      expect([hours.from % HOUR, hours.to % HOUR].map(Math.abs)).toEqual([0, 0]);
      for (const part of [...cut, ...before.cut]) expect(hourOf(part.to - 1)).toBe(hourOf(part.from));
      expect(before.hoursUntil + before.cut.reduce((sum, part) => sum + part.to - part.from, 0)).toBe(from);
    }),
  );
});
