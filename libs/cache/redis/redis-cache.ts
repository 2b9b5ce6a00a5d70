import { createClient } from 'redis';
import type { Cache } from '../cache.ts';

const VERSION_DIGITS = 20;

/** One call for any number of keys, which all live equally long. */
const SET_IF_ABSENT = `
for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i + 1], 'PX', ARGV[1], 'NX') end`;

/** Stores `version value` only over a lower version. Versions have one width, so they compare as text. */
const PUT_VERSIONED = `
for i, key in ipairs(KEYS) do
  local stored = redis.call('GET', key)
  if not stored or string.sub(stored, 1, ${VERSION_DIGITS}) < ARGV[3 * i - 2] then
    redis.call('SET', key, ARGV[3 * i - 2] .. ARGV[3 * i - 1], 'PX', ARGV[3 * i])
  end
end`;

const COUNT = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { count, left }`;

/** Calls that may wait in the client. A Redis that hangs must not fill our memory. */
const MAX_WAITING = 200;

/**
 * A cache in Redis, shared by all processes. It connects in the background and goes on trying; while it is away, and after
 * `timeoutMs` on a server that hangs, every call rejects. After a failure calls reject at once for `pauseMs`, so that a dead
 * Redis slows nobody down.
 */
export function createRedisCache(options: {
  readonly url: string;
  readonly timeoutMs?: number;
  readonly pauseMs?: number;
  readonly onError?: (error: Error) => void;
}): Cache {
  const timeoutMs = options.timeoutMs ?? 250;
  const pauseMs = options.pauseMs ?? 1000;
  const client = createClient({
    url: options.url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_WAITING,
    // The time limit below is ours; the client's own costs a signal and an exception for each command, answered or not.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: 2000, reconnectStrategy: (retries) => Math.min(100 * 2 ** Math.min(retries, 4), 1000) },
  });
  client.on('error', (error: Error) => options.onError?.(error));
  let closed = false;
  const connected = client.connect().catch(() => {});
  let pausedUntil = 0;

  /** The answer of a call, or a rejection once the time limit has passed. */
  async function answerOf<T>(pending: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    // When the time limit wins, the late failure of the call itself has no one to hear it.
    pending.catch(() => {});
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms`)), timeoutMs);
    });
    return Promise.race([pending, limit]).finally(() => clearTimeout(timer));
  }

  async function guarded<T>(call: () => Promise<T>): Promise<T> {
    if (Date.now() < pausedUntil) throw new Error('Redis did not answer lately; it is left alone for a moment');
    try {
      return await answerOf(call());
    } catch (error) {
      pausedUntil = Date.now() + pauseMs;
      throw error;
    }
  }

  return {
    getMany: (keys) => (keys.length === 0 ? Promise.resolve([]) : guarded(() => client.mGet([...keys]))),
    setManyIfAbsent: (entries, ttlMs) =>
      guarded(async () => {
        await client.eval(SET_IF_ABSENT, {
          keys: entries.map(([key]) => key),
          arguments: [String(ttlMs), ...entries.map(([, value]) => value)],
        });
      }),
    putVersioned: (entries) =>
      guarded(async () => {
        await client.eval(PUT_VERSIONED, {
          keys: entries.map(({ key }) => key),
          arguments: entries.flatMap(({ value, version, ttlMs }) => [
            version.toString().padStart(VERSION_DIGITS, '0'),
            value,
            String(ttlMs),
          ]),
        });
      }),
    getVersioned: (key) =>
      guarded(async () => {
        const stored = await client.get(key);
        return stored === null
          ? null
          : { version: BigInt(stored.slice(0, VERSION_DIGITS)), value: stored.slice(VERSION_DIGITS) };
      }),
    count: (key, windowMs) =>
      guarded(async () => {
        const answer = await client.eval(COUNT, { keys: [key], arguments: [String(windowMs)] });
        const [count, leftMs] = answer as [number, number];
        return { count, leftMs };
      }),
    async check() {
      // Not behind the pause: readiness asks for the truth of this moment.
      if (!client.isReady) throw new Error('Redis is not connected');
      await answerOf(client.ping());
    },
    async close() {
      if (closed) return;
      closed = true;
      client.destroy();
      await connected;
    },
  };
}
