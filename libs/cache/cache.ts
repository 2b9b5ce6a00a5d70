/**
 * What may be lost at any time: labels for recent events, the live view of usage, and how many requests a key made lately. Redis and memory implement it and pass
 * libs/cache/cache.contract.ts. No money is decided from the cache; every method rejects when it is away and callers go on without.
 */
export interface Cache {
  /** Values by key, in order; null where there is none. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  /** Sets each key that has no value yet, for `ttlMs`; an existing one stays. */
  setManyIfAbsent(entries: readonly (readonly [key: string, value: string])[], ttlMs: number): Promise<void>;
  /** Stores absolute values; one whose version is not higher than the stored one is left alone. */
  putVersioned(entries: readonly VersionedEntry[]): Promise<void>;
  getVersioned(key: string): Promise<{ readonly version: bigint; readonly value: string } | null>;
  /** One more under this key, in one step whoever counts at the same time; forgotten `windowMs` after the first. */
  count(key: string, windowMs: number): Promise<Counted>;
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface Counted {
  /** With this one. */
  readonly count: number;
  /** Until it is forgotten. */
  readonly leftMs: number;
}

export interface VersionedEntry {
  readonly key: string;
  readonly value: string;
  readonly ttlMs: number;
  readonly version: bigint;
}
