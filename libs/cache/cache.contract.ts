import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cache } from './cache.ts';

/** What every cache must do. Run by memory/ and redis/. */
export function cacheContract(open: () => Promise<Cache>, elapse: (ms: number) => Promise<void>): void {
  let cache: Cache;
  const key = () => `test:${randomUUID()}`;
  beforeAll(async () => {
    cache = await open();
  });
  afterAll(() => cache.close());

  test('values come back in the order asked for, null where there is none', async () => {
    const [a, b, c] = [key(), key(), key()];
    await cache.setManyIfAbsent(
      [
        [c, '3'],
        [a, '1'],
      ],
      10_000,
    );
    expect(await cache.getMany([a, b, c])).toEqual(['1', null, '3']);
    expect(await cache.getMany([])).toEqual([]);
  });

  test('the first value stays', async () => {
    const a = key();
    await cache.setManyIfAbsent([[a, 'first']], 10_000);
    await cache.setManyIfAbsent([[a, 'second']], 10_000);
    expect(await cache.getMany([a])).toEqual(['first']);
  });

  test('a value is gone after its time', async () => {
    const a = key();
    await cache.setManyIfAbsent([[a, 'x']], 50);
    await elapse(60);
    expect(await cache.getMany([a])).toEqual([null]);
  });

  test('a versioned value gives way only to a higher version, whatever the order of arrival', async () => {
    const a = key();
    const put = (version: bigint) => cache.putVersioned([{ key: a, value: `v${version}`, version, ttlMs: 10_000 }]);
    expect(await cache.getVersioned(a)).toBeNull();
    await put(9n);
    await put(10n);
    await put(9n);
    await put(2n);
    expect(await cache.getVersioned(a)).toEqual({ version: 10n, value: 'v10' });
    await put(2n ** 60n);
    expect(await cache.getVersioned(a)).toEqual({ version: 2n ** 60n, value: `v${2n ** 60n}` });
  });

  test('counts are exact however many count at once, and are forgotten after their window', async () => {
    const a = key();
    const counted = await Promise.all(Array.from({ length: 50 }, () => cache.count(a, 10_000)));
    expect(counted.map(({ count }) => count).sort((x, y) => x - y)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    for (const { leftMs } of counted) expect(leftMs > 0 && leftMs <= 10_000).toBe(true);
    const b = key();
    await cache.count(b, 50);
    await elapse(60);
    expect((await cache.count(b, 50)).count).toBe(1);
  });

  test('it says that it is there', async () => {
    await expect(cache.check()).resolves.toBeUndefined();
  });
}
