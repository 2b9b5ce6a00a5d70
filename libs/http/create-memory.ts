import { answerWithin } from '#libs/database/answer-within.ts';
import { isDatabaseAway } from './problem.ts';

/** So long what is read from the database may be what was there before. */
export const FRESH_MS = 1000;
const STALE_MS = 60_000;
const RETRY_MS = 1000;
/** Senders are answered within 5 s, of which the log may need 4. */
const PATIENCE_MS = 300;
const PATIENCE_WITHOUT_VALUE_MS = 2000;
const MAX_ENTRIES = 10_000;

interface Entry<Value> {
  readonly value: Value;
  readonly readAt: number;
  /** While Postgres is away: no other attempt before this. */
  retryAt: number;
}

export interface MemoryOptions<Value> {
  /** Completes "Postgres did not … within 300 ms". */
  readonly what: string;
  /** Whether a value may serve on while the database is away; any may if left out. */
  readonly mayServe?: (value: Value) => boolean;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Remembers what is read from the database by id: one read a second and id. While the database is away, or hangs, the last value serves for a
 * minute, and only one request a second waits to see whether it is back. `find` must give the same for the same id.
 */
export function createMemory<Value>({
  what,
  mayServe = () => true,
  now = Date.now,
}: MemoryOptions<Value>): (id: string | number, find: () => Promise<Value>) => Promise<Value> {
  const entries = new Map<string | number, Entry<Value>>();
  const reading = new Map<string | number, Promise<Value>>();

  const read = async (id: string | number, find: () => Promise<Value>): Promise<Value> => {
    const readAt = now();
    const value = await find();
    entries.delete(id);
    entries.set(id, { value, readAt, retryAt: 0 });
    // The first one in a Map is the one that was read longest ago.
    if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value as string | number);
    return value;
  };

  return async (id, find) => {
    const known = entries.get(id);
    const age = known ? now() - known.readAt : Number.POSITIVE_INFINITY;
    if (known && age < FRESH_MS) return known.value;
    const fallback = known && mayServe(known.value) && age < STALE_MS ? known : undefined;
    if (fallback && now() < fallback.retryAt) return fallback.value;
    let pending = reading.get(id);
    if (!pending) {
      pending = read(id, find).finally(() => reading.delete(id));
      // Whoever waits hears of it; when nobody waits any more it must not end the process.
      pending.catch(() => {});
      reading.set(id, pending);
    }
    try {
      return await answerWithin(pending, fallback ? PATIENCE_MS : PATIENCE_WITHOUT_VALUE_MS, what);
    } catch (error) {
      if (!fallback || !isDatabaseAway(error)) throw error;
      fallback.retryAt = now() + RETRY_MS;
      return fallback.value;
    }
  };
}
