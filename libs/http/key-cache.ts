import { answerWithin } from '#libs/database/answer-within.ts';
import { isDatabaseAway } from './problem.ts';
import type { StoredKey } from './store/find-key.ts';

const FRESH_MS = 1000;
const STALE_MS = 60_000;
const RETRY_MS = 1000;
/** Senders are answered within 5 s, of which the log may need 4. */
const PATIENCE_MS = 300;
const PATIENCE_WITHOUT_KEY_MS = 2000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly key: StoredKey | null;
  readonly readAt: number;
  /** While Postgres is away: no other attempt before this. */
  retryAt: number;
}

/**
 * Remembers keys by digest: one read a second and key, so that a revoked key is refused after a second at the latest. While the
 * database is away a key that was good serves for a minute more; one that was unknown never does.
 */
export function createKeyCache(
  find: (digest: Buffer) => Promise<StoredKey | null>,
  now: () => number = Date.now,
): (digest: Buffer) => Promise<StoredKey | null> {
  const entries = new Map<string, Entry>();
  const reading = new Map<string, Promise<StoredKey | null>>();

  const read = async (id: string, digest: Buffer): Promise<StoredKey | null> => {
    const readAt = now();
    const key = await find(digest);
    entries.delete(id);
    entries.set(id, { key, readAt, retryAt: 0 });
    // The first one in a Map is the one that was read longest ago.
    if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value as string);
    return key;
  };

  return async (digest) => {
    const id = digest.toString('base64');
    const known = entries.get(id);
    const age = known ? now() - known.readAt : Number.POSITIVE_INFINITY;
    if (known && age < FRESH_MS) return known.key;
    const fallback = known?.key && age < STALE_MS ? known : undefined;
    if (fallback && now() < fallback.retryAt) return fallback.key;
    let pending = reading.get(id);
    if (!pending) {
      pending = read(id, digest).finally(() => reading.delete(id));
      // Whoever waits hears of it; when nobody waits any more it must not end the process.
      pending.catch(() => {});
      reading.set(id, pending);
    }
    try {
      return await answerWithin(pending, fallback ? PATIENCE_MS : PATIENCE_WITHOUT_KEY_MS, 'look up a key');
    } catch (error) {
      if (!fallback || !isDatabaseAway(error)) throw error;
      fallback.retryAt = now() + RETRY_MS;
      return fallback.key;
    }
  };
}
