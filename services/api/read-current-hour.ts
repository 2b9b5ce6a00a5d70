import type { Cache } from '#libs/cache/cache.ts';
import { type LiveUsage, liveUsageKey, parseLiveUsage } from '#libs/metering/live-usage.ts';

const GIVE_UP_MS = 100;

/** The running hour of one customer from the live view; null when it has none, is away, or is slower than Postgres would be. */
export function createCurrentHourReader(cache: Cache) {
  return async (organizationId: number, meterId: number, customer: string, hour: number): Promise<LiveUsage | null> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), GIVE_UP_MS);
    });
    const read = cache.getVersioned(liveUsageKey(organizationId, meterId, customer, hour)).then(
      (entry) => entry && parseLiveUsage(entry.value),
      () => null,
    );
    return Promise.race([read, late]).finally(() => clearTimeout(timer));
  };
}
