import { describe, expect, test } from '@jest/globals';
import { cacheContract } from '../cache.contract.ts';
import { createMemoryCache } from './memory-cache.ts';

describe('memory cache', () => {
  let now = 0;
  cacheContract(
    async () => createMemoryCache({ now: () => now }),
    async (ms) => {
      now += ms;
    },
  );

  test('it holds no more than it may; the oldest go first', async () => {
    const cache = createMemoryCache({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) await cache.setManyIfAbsent([[key, key]], 1000);
    expect(await cache.getMany(['a', 'b', 'c'])).toEqual([null, 'b', 'c']);
  });
});
