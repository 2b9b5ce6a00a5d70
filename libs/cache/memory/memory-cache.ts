import type { Cache, VersionedEntry } from '../cache.ts';

interface Stored {
  readonly value: string;
  readonly version: bigint;
  readonly expiresAt: number;
}

/** A cache inside one process (embedded mode). Holds at most `maxEntries`; the oldest go first. */
export function createMemoryCache(options: { readonly maxEntries?: number; readonly now?: () => number } = {}): Cache {
  const maxEntries = options.maxEntries ?? 500_000;
  const now = options.now ?? Date.now;
  const entries = new Map<string, Stored>();

  const read = (key: string): Stored | undefined => {
    const stored = entries.get(key);
    if (stored && stored.expiresAt <= now()) {
      entries.delete(key);
      return undefined;
    }
    return stored;
  };
  // One iterator for good: a new one would walk over the holes of all that was deleted before.
  let oldest = entries.keys();
  const dropOldest = (): void => {
    let next = oldest.next();
    if (next.done) {
      oldest = entries.keys();
      next = oldest.next();
    }
    entries.delete(next.value as string);
  };
  const write = (entry: VersionedEntry): void => {
    // Deleting first moves the key to the end, so that the oldest write is the first to go.
    entries.delete(entry.key);
    entries.set(entry.key, { value: entry.value, version: entry.version, expiresAt: now() + entry.ttlMs });
    if (entries.size > maxEntries) dropOldest();
  };

  return {
    async getMany(keys) {
      return keys.map((key) => read(key)?.value ?? null);
    },
    async setManyIfAbsent(wanted, ttlMs) {
      for (const [key, value] of wanted) if (!read(key)) write({ key, value, ttlMs, version: 0n });
    },
    async putVersioned(wanted: readonly VersionedEntry[]) {
      for (const entry of wanted) {
        const stored = read(entry.key);
        if (!stored || entry.version > stored.version) write(entry);
      }
    },
    async getVersioned(key) {
      const stored = read(key);
      return stored ? { version: stored.version, value: stored.value } : null;
    },
    async count(key, windowMs) {
      const stored = read(key);
      if (!stored) {
        write({ key, value: '1', version: 1n, ttlMs: windowMs });
        return { count: 1, leftMs: windowMs };
      }
      const version = stored.version + 1n;
      // In place: it keeps its end.
      entries.set(key, { ...stored, version, value: String(version) });
      return { count: Number(version), leftMs: stored.expiresAt - now() };
    },
    async check() {},
    async close() {
      entries.clear();
    },
  };
}
