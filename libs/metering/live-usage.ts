import type { VersionedEntry } from '#libs/cache/cache.ts';
import { hourOf } from './hour.ts';
import type { HourlyKey } from './hour-fold.ts';
import type { HourlyRow } from './store/upsert-hourly.ts';

/** How stale the live view can be, and no longer. */
const LIVE_MS = 2000;

/** The running hour of one ungrouped meter and customer, as the cache holds it. */
export interface LiveUsage {
  readonly quantity: string;
  readonly event_count: string;
}

export function liveUsageKey(organizationId: number, meterId: number, customer: string, hour: number): string {
  return `usage:${organizationId}:${meterId}:${hour}:${customer}`;
}

/** Whether a row has a live view: of the running hour, ungrouped, of no subscription, and its total is what is asked for. Others are read from Postgres. */
export const hasLiveView = (row: HourlyKey, now: number): boolean =>
  row.groupKey === '' && row.subscription === '' && row.hour === hourOf(now);

/** What the cache is told after a commit: absolute values with their version. */
export function liveUsageEntries(rows: readonly HourlyRow[], now: number): VersionedEntry[] {
  return rows
    .filter((row) => hasLiveView(row, now))
    .map((row) => ({
      key: liveUsageKey(row.organizationId, row.meterId, row.customer, row.hour),
      version: row.version,
      value: JSON.stringify({ quantity: row.total, event_count: row.eventCount } satisfies LiveUsage),
      ttlMs: LIVE_MS,
    }));
}

export const parseLiveUsage = (value: string): LiveUsage => JSON.parse(value) as LiveUsage;
