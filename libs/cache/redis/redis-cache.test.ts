import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RedisHandle, startRedis } from '#scripts/services/redis.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { cacheContract } from '../cache.contract.ts';
import type { Cache } from '../cache.ts';
import { createRedisCache } from './redis-cache.ts';

const connected = async (cache: Cache): Promise<Cache> => {
  await waitFor(
    () =>
      cache.check().then(
        () => true,
        () => false,
      ),
    { timeoutMs: 10_000, describe: 'Redis to be connected' },
  );
  return cache;
};

describe('Redis cache', () => {
  cacheContract(
    () => connected(createRedisCache({ url: process.env.TEST_REDIS_URL as string })),
    (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  );
});

describe('when Redis is in trouble', () => {
  let redis: RedisHandle;
  let cache: Cache;
  beforeAll(async () => {
    redis = await startRedis();
    cache = await connected(createRedisCache({ url: redis.url, timeoutMs: 100, pauseMs: 50 }));
  });
  afterAll(async () => {
    await cache.close();
    await redis.stop();
  });

  test('frozen: calls reject instead of hanging, and work again once it goes on', async () => {
    redis.freeze();
    await expect(cache.getMany(['a'])).rejects.toThrow(/did not answer within 100 ms/);
    await expect(cache.getMany(['a'])).rejects.toThrow(/left alone for a moment/);
    await expect(cache.check()).rejects.toThrow(/did not answer/);
    redis.resume();
    await waitFor(
      () =>
        cache.getMany(['a']).then(
          () => true,
          () => false,
        ),
      { timeoutMs: 10_000, describe: 'Redis to answer again' },
    );
  });

  test('killed: calls reject, and a restarted one is found again', async () => {
    await redis.kill();
    await waitFor(
      () =>
        cache.check().then(
          () => false,
          () => true,
        ),
      { timeoutMs: 10_000, describe: 'the loss to be noticed' },
    );
    await expect(cache.putVersioned([{ key: 'k', version: 1n, value: 'v', ttlMs: 1000 }])).rejects.toThrow(
      /not connected|closed|offline|moment|ECONN/i,
    );
    await redis.restart();
    await connected(cache);
  });

  test('closing while it is away does not hang', async () => {
    const other = createRedisCache({ url: 'redis://127.0.0.1:1' });
    await other.close();
  });
});
