import { expect, test } from '@jest/globals';
import { createRetries, isPassing } from './retries.ts';

test('waits twice as long after each failure, up to a minute, and forgets after a success', () => {
  let now = 0;
  const retries = createRetries(() => now);
  const waits = Array.from({ length: 8 }, () => {
    retries.failed('run');
    const failedAt = now;
    while (!retries.isDue('run')) now += 500;
    return now - failedAt;
  });
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(retries.isExhausted('run')).toBe(true);
  retries.forget('run');
  expect([retries.isExhausted('run'), retries.isDue('run')]).toEqual([false, true]);
});

test.each([
  [Object.assign(new Error('x'), { code: '57P01' }), true],
  [Object.assign(new Error('x'), { code: '40001' }), true],
  [Object.assign(new Error('x'), { code: '55P03' }), true],
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), true],
  [new Error('Connection terminated unexpectedly'), true],
  [Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }), false],
  [Object.assign(new Error('terminating connection due to idle-in-transaction timeout'), { code: '25P03' }), false],
  [Object.assign(new Error('column does not exist'), { code: '42703' }), false],
  [Object.assign(new Error('numeric field overflow'), { code: '22003' }), false],
  [new TypeError('x is not a function'), false],
])('%s passes by itself: %s', (error, expected) => {
  expect(isPassing(error)).toBe(expected);
});
