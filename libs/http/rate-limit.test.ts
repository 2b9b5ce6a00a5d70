import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Cache } from '#libs/cache/cache.ts';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { createRedisCache } from '#libs/cache/redis/redis-cache.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { type RedisHandle, startRedis } from '#scripts/services/redis.ts';
import { itemRoutes } from '#tests/support/item-routes.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { createApp } from './app.ts';
import { ApiError } from './errors.ts';
import { createRateLimiter, type RateLimiter } from './rate-limit.ts';
import { listen, type RunningServer } from './server.ts';

const perMinute = { ingest: 3, management: 100, customer: 4 };
const key = () => uuidv7(Date.now());
const passed = (standings: Awaited<ReturnType<RateLimiter>>[]) =>
  standings.filter((standing) => standing?.refusal === null).length;
const ask = (limiter: RateLimiter, keyId: string, times: number) =>
  Promise.all(Array.from({ length: times }, () => limiter(keyId, 'management')));

describe('across processes that share a Redis', () => {
  let redis: RedisHandle;
  const caches: Cache[] = [];
  const open = async () => {
    const cache = createRedisCache({ url: redis.url, pauseMs: 20 });
    caches.push(cache);
    await waitFor(
      () =>
        cache.check().then(
          () => true,
          () => false,
        ),
      { describe: 'Redis to be connected' },
    );
    return createRateLimiter({ perMinute, cache });
  };
  let limiters: [RateLimiter, RateLimiter];
  beforeAll(async () => {
    redis = await startRedis();
    limiters = [await open(), await open()];
  });
  afterAll(async () => {
    await Promise.all(caches.map((cache) => cache.close()));
    await redis?.stop();
  });

  test('exactly as many pass as the limit says', async () => {
    const id = key();
    const standings = await Promise.all(limiters.flatMap((limiter) => [ask(limiter, id, 40), ask(limiter, id, 40)]));
    expect(passed(standings.flat())).toBe(100);
  });

  test('while Redis is away each counts for itself; back again they count together', async () => {
    await redis.kill();
    const id = key();
    const [a, b] = await Promise.all(limiters.map((limiter) => ask(limiter, id, 130)));
    expect([passed(a ?? []), passed(b ?? [])]).toEqual([100, 100]);
    await redis.restart();
    await waitFor(
      async () => {
        const [one, two] = [createRateLimiter, createRateLimiter].map((create, i) =>
          create({ perMinute, cache: caches[i] }),
        ) as [RateLimiter, RateLimiter];
        const other = key();
        await one(other, 'management');
        return /r=98;/.test((await two(other, 'management'))?.headers.RateLimit ?? '');
      },
      { describe: 'both to count in Redis again' },
    );
  });
});

describe('over HTTP', () => {
  let server: RunningServer;
  let now = 1_000_000;
  beforeAll(async () => {
    const cache = createMemoryCache({ now: () => now });
    const app = createApp({
      routes: itemRoutes,
      authenticate: async ({ authorization }) => {
        if (!authorization) throw new ApiError('unauthenticated', 'No key.');
        const [customer, token] = authorization.split(' token ');
        if (token === undefined) return { organizationId: 7, keyId: authorization, clockOffset: 0 };
        return { organizationId: 7, keyId: null, clockOffset: 0, customer: { id: customer as string, key: 'acme' } };
      },
      rateLimiter: createRateLimiter({ perMinute: { ingest: 1, management: 2, customer: 1 }, cache }),
      logger: testLogger(),
      health: [],
    });
    server = await listen(app, { port: 0, host: '127.0.0.1' });
  });
  afterAll(() => server?.close());
  const get = (authorization: string, path = '/v1/items/a') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { authorization } });
  const told = (response: Response) =>
    ['ratelimit-policy', 'ratelimit', 'retry-after'].map((name) => response.headers.get(name));

  test('every answer says what is left; none is left: 429 with the time to wait', async () => {
    const policy = '"management";q=2;w=60';
    expect(told(await get('one'))).toEqual([policy, '"management";r=1;t=60', null]);
    now += 20_500;
    expect(told(await get('one', '/v1/items/a?nonsense=1'))).toEqual([policy, '"management";r=0;t=40', null]);
    const refused = await get('one');
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'rate_limited' }]);
    expect(told(refused)).toEqual([policy, '"management";r=0;t=40', '40']);
    expect(told(await get('two'))).toEqual([policy, '"management";r=1;t=60', null]);
    now += 39_500;
    expect(told(await get('one'))).toEqual([policy, '"management";r=1;t=60', null]);
  });

  test('all tokens of a customer share one budget, which is theirs alone', async () => {
    const policy = '"customer";q=1;w=60';
    expect(told(await get('acme token one'))).toEqual([policy, '"customer";r=0;t=60', null]);
    const refused = await get('acme token two');
    expect(told(refused)).toEqual([policy, '"customer";r=0;t=60', '60']);
    expect(await refused.json()).toMatchObject({
      code: 'rate_limited',
      detail: expect.stringContaining('The tokens of this customer'),
    });
    expect((await get('beta token three')).status).not.toBe(429);
    expect((await get('three')).status).toBe(200);
  });

  test('what needs no key is not counted', async () => {
    expect(told(await fetch(`http://127.0.0.1:${server.port}/health/live`))).toEqual([null, null, null]);
  });
});

test('events have a budget of their own, and 0 is no limit', async () => {
  const limiter = createRateLimiter({ perMinute });
  const id = key();
  await ask(limiter, id, 200);
  const [first] = [await limiter(id, 'ingest')];
  expect([first?.refusal, first?.headers.RateLimit]).toEqual([null, '"ingest";r=2;t=60']);
  expect(
    await createRateLimiter({ perMinute: { ingest: 0, management: 0, customer: 0 } })(id, 'management'),
  ).toBeNull();
});
