import type { VersionedEntry } from '#libs/cache/cache.ts';
import type { HourlyRow } from './store/upsert-hourly.ts';

const HOUR = 3_600_000;
/** How stale the live view can be, and no longer. */
const LIVE_MS = 2000;

/** The running hour of one ungrouped meter and customer, as the cache holds it. */
export interface LiveUsage {
  readonly quantity: string;
  readonly event_count: string;
}

/** Start of the hour an instant lies in (epoch milliseconds, UTC). */
export const hourOf = (instant: number): number => Math.floor(instant / HOUR) * HOUR;

export function liveUsageKey(organizationId: number, meterId: number, customer: string, hour: number): string {
  return `usage:${organizationId}:${meterId}:${hour}:${customer}`;
}

/** What the cache is told after a commit: rows of the running hour, absolute, with their version. Grouped meters are read from Postgres. */
export function liveUsageEntries(rows: readonly HourlyRow[], now: number): VersionedEntry[] {
  return rows
    .filter((row) => row.groupKey === '' && row.hour.getTime() === hourOf(now))
    .map((row) => ({
      key: liveUsageKey(row.organizationId, row.meterId, row.customer, row.hour.getTime()),
      version: row.version,
      value: JSON.stringify({ quantity: row.total, event_count: row.eventCount } satisfies LiveUsage),
      ttlMs: LIVE_MS,
    }));
}

export const parseLiveUsage = (value: string): LiveUsage => JSON.parse(value) as LiveUsage;
