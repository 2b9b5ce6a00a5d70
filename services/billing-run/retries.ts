/**
 * When a run that failed is tried again: after 1 s, 2 s, 4 s … up to a minute. Kept in memory: a new process tries at once. `now` is any
 * clock in milliseconds that only goes forward.
 */
export function createRetries(now: () => number) {
  const attempts = new Map<string, number>();
  const notBefore = new Map<string, number>();
  return {
    isDue: (id: string): boolean => now() >= (notBefore.get(id) ?? Number.NEGATIVE_INFINITY),
    pause(id: string, ms: number): void {
      notBefore.set(id, now() + ms);
    },
    /** Counts an attempt that failed and says how many there were. */
    failed(id: string): number {
      const count = (attempts.get(id) ?? 0) + 1;
      attempts.set(id, count);
      notBefore.set(id, now() + Math.min(60_000, 1_000 * 2 ** (count - 1)));
      return count;
    },
    isExhausted: (id: string): boolean => (attempts.get(id) ?? 0) >= MOST_ATTEMPTS,
    forget(id: string): void {
      attempts.delete(id);
      notBefore.delete(id);
    },
  };
}

const MOST_ATTEMPTS = 5;

/** Whether the cause lies around the run and not in it: then it is tried again for as long as it takes. */
export function isPassing(error: Error & { code?: unknown }): boolean {
  const code = typeof error.code === 'string' ? error.code : '';
  // A statement or a pause of ours that took too long will take too long again: that ends as a failed run with its reason.
  if (code === '57014' || code === '25P03') return false;
  // Postgres: connection, resources, operator, locks, serialization. Sockets: ECONNREFUSED and its like.
  if (/^(08|40|53|55|57|58|25P)/.test(code) || /^E[A-Z]+$/.test(code)) return true;
  return /connection|timeout|terminated|not available|unavailable|does not answer/i.test(error.message);
}
