import type { Transaction } from '#libs/database/transaction.ts';
import { type CountedHour, countedHours } from '#libs/metering/read/counted-hours.ts';
import { readUsage } from '#libs/metering/read/read-usage.ts';
import type { Usage } from '#libs/metering/read/usage-request.ts';
import type { LineUsage } from './find-line.ts';

const HOUR = 3_600_000;

export interface ExplainedHour extends CountedHour {
  /** The part of the hour that the line bills, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Events and digest of that part as they stand now. */
  readonly now: Pick<Usage, 'eventCount' | 'digest'>;
}

/**
 * The hours of a line as they were billed, from `from` on (epoch milliseconds): worked out from raw events up to the document's watermark, with
 * what they hold now beside. `next`: where the next page begins. @throws RawEventsGone
 */
export async function explainHours(
  tx: Transaction,
  organizationId: number,
  { request, isOfLine }: LineUsage,
  from: number,
  limit: number,
): Promise<{ readonly hours: readonly ExplainedHour[]; readonly next: number | null }> {
  const rest = { ...request, from: Math.max(from, request.from) };
  const { hours, next } = await countedHours(tx, organizationId, rest, isOfLine, limit);
  const spans = hours.map(({ hour }) => ({
    from: Math.max(hour, request.from),
    to: Math.min(hour + HOUR, request.to),
  }));
  const { meter, names, subscription, groups } = request;
  const asked = spans.map((span) => ({ meter, names, subscription, groups, ...span }));
  const now = asked.length > 0 ? await readUsage(tx, organizationId, asked) : [];
  return {
    hours: hours.map((hour, index) => {
      const { eventCount = '0', digest = '0' } = now[index]?.find(({ groupKey }) => isOfLine(groupKey)) ?? {};
      return { ...hour, ...(spans[index] as (typeof spans)[number]), now: { eventCount, digest } };
    }),
    next,
  };
}
