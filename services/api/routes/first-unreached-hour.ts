import { invalidField } from '#libs/http/errors.ts';
import { HOUR } from '#libs/metering/hour.ts';
import type { OrganizationBounds } from '#libs/metering/store/select-organization-bounds.ts';

/** Ingest goes by bounds that are up to a minute old while the database is away, and its clock may differ from ours by another. */
const SLACK_MS = 120_000;

/**
 * From when a new version of a meter counts (epoch milliseconds): the wished hour, or the next one that no event can have reached, also
 * under a wider bound of before. An event beyond it that was counted already would belong to both versions.
 * @throws ApiError when the wish lies too early.
 */
export function firstUnreachedHour(
  wished: number | undefined,
  previousFrom: Date | null,
  bounds: OrganizationBounds,
  now: number,
): number {
  const reached = Math.max(now + bounds.maxAheadSeconds * 1000, bounds.reachedUntil) + SLACK_MS;
  const earliest = Math.max(Math.ceil(reached / HOUR) * HOUR, (previousFrom?.getTime() ?? 0) + HOUR);
  if (wished === undefined) return earliest;
  if (wished >= earliest) return wished;
  const detail = `must be ${new Date(earliest).toISOString()} or later: events up to then may be counted already`;
  throw invalidField('/effective_from', detail);
}
