import type { Cache, Counted } from '#libs/cache/cache.ts';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { ApiError } from './errors.ts';

/** Requests of one kind share a budget of each key; those of all tokens of a customer share one of that customer. */
export type Budget = 'ingest' | 'management' | 'customer';

export interface RateLimitOptions {
  /** Requests in a minute, for each key or customer; 0: without limit. */
  readonly perMinute: Readonly<Record<Budget, number>>;
  /** Shared by all processes. Without it, and while it is away, each process counts for itself. */
  readonly cache?: Pick<Cache, 'count'> | undefined;
}

/** Counts a request by the id of its key or customer and says where that stands; null: nothing limits it. */
export type RateLimiter = (id: string, budget: Budget) => Promise<Standing | null>;

export interface Standing {
  /** RateLimit and RateLimit-Policy, as draft-ietf-httpapi-ratelimit-headers-10 writes them. */
  readonly headers: Readonly<Record<string, string>>;
  /** When there is nothing left. */
  readonly refusal: ApiError | null;
}

const WINDOW_MS = 60_000;
const MAX_KEYS = 100_000;

/**
 * A window begins with the first request of a key or customer and is over a minute later. Counting is one step wherever it is done, so of any number of
 * requests at once exactly as many pass as are left.
 */
export function createRateLimiter({ perMinute, cache }: RateLimitOptions): RateLimiter {
  const alone = createMemoryCache({ maxEntries: MAX_KEYS });
  return async (id, budget) => {
    const limit = perMinute[budget];
    if (limit === 0) return null;
    const name = `requests:${budget}:${id}`;
    const counted = await (cache ?? alone).count(name, WINDOW_MS).catch(() => alone.count(name, WINDOW_MS));
    return standingOf(budget, limit, counted);
  };
}

function standingOf(budget: Budget, limit: number, { count, leftMs }: Counted): Standing {
  const seconds = Math.max(1, Math.ceil(leftMs / 1000));
  const headers = {
    'RateLimit-Policy': `"${budget}";q=${limit};w=${WINDOW_MS / 1000}`,
    RateLimit: `"${budget}";r=${Math.max(0, limit - count)};t=${seconds}`,
  };
  if (count <= limit) return { headers, refusal: null };
  return {
    headers,
    refusal: new ApiError(
      'rate_limited',
      `${budget === 'customer' ? 'The tokens of this customer have' : 'This key has'} made ${limit} ${budget} requests in this minute, which is all. Try again in ${seconds} s${budget === 'ingest' ? '; send many events in one request' : ''}.`,
      { headers: { 'Retry-After': String(seconds) } },
    ),
  };
}
