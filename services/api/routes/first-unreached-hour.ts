import { invalidField } from '#libs/http/errors.ts';
import { HOUR } from '#libs/metering/hour.ts';

/** Clocks of ingest processes may differ from ours by so much. */
const SLACK_MS = 60_000;

/**
 * From when a new version of a meter counts (epoch milliseconds): the wished hour, or the next one that no event can have reached. An
 * event beyond it that was counted already would belong to both versions. @throws ApiError when the wish lies too early.
 */
export function firstUnreachedHour(
  wished: number | undefined,
  previousFrom: Date | null,
  maxAheadSeconds: number,
  now: number,
): number {
  const reached = now + maxAheadSeconds * 1000 + SLACK_MS;
  const earliest = Math.max(Math.ceil(reached / HOUR) * HOUR, (previousFrom?.getTime() ?? 0) + HOUR);
  if (wished === undefined) return earliest;
  if (wished >= earliest) return wished;
  const detail = `must be ${new Date(earliest).toISOString()} or later: events up to then may be counted already`;
  throw invalidField('/effective_from', detail);
}
