import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uuidv7 } from './uuidv7.ts';

describe('uuidv7', () => {
  test('the example of RFC 9562, appendix A.6', () => {
    // rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F; version and variant bits are set over the random ones.
    const random = () => Buffer.from('0cc318c4dc0c0c07398f', 'hex');
    expect(uuidv7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  test('a later one sorts behind an earlier one, and both are valid', () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [earlier, later] = [uuidv7(Math.min(one, other)), uuidv7(Math.max(one, other))];
        expect(earlier).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        if (one !== other) expect(earlier < later).toBe(true);
      }),
    );
  });

  test('within a millisecond they differ', () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuidv7(1)))).toHaveProperty('size', 1000);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 48])('%d is no time', (now) => {
    expect(() => uuidv7(now)).toThrow(RangeError);
  });
});
