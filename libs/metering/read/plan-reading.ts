import type { StoredMeter } from '../store/meter-row.ts';
import type { HourRange } from '../store/select-period-usage.ts';
import type { CutHour } from './fold-cut-hours.ts';
import { type Span, splitSpan } from './split-span.ts';
import type { UsageRequest } from './usage-request.ts';

/** Of which request a range or a part is, by position. */
interface OfRequest {
  readonly request: number;
}

export interface ReadingPlan {
  readonly ranges: readonly (HourRange & OfRequest)[];
  readonly cuts: readonly (CutHour & OfRequest)[];
}

/** Which hourly rows and which raw events answer the requests: those of every version and every name. Pure. */
export function planReading(
  requests: readonly UsageRequest[],
  versionsOf: (key: string) => readonly StoredMeter[],
): ReadingPlan {
  const ranges: ReadingPlan['ranges'][number][] = [];
  const cuts: ReadingPlan['cuts'][number][] = [];
  for (const [request, { meter, names, subscription, groups, ...span }] of requests.entries()) {
    const { hours, cut, before } = splitSpan(span);
    const byGroup = groups !== undefined && (groups.by.length > 0 || Object.keys(groups.filter).length > 0);
    for (const version of versionsOf(meter)) {
      const hasLevel = version.aggregation === 'weighted_sum';
      for (const name of names) {
        const of = { request, meterId: version.id, name, subscription };
        if (hours.from < hours.to || hasLevel) {
          const levelUntil = hasLevel ? before.hoursUntil : null;
          ranges.push({ ...of, ...hours, levelUntil, spanEnd: span.to, byGroup });
        }
        for (const part of cut) if (isInForce(version, part)) cuts.push({ ...of, ...part, spanEnd: span.to });
        if (!hasLevel) continue;
        for (const part of before.cut) if (isInForce(version, part)) cuts.push({ ...of, ...part, spanEnd: null });
      }
    }
  }
  return { ranges, cuts };
}

const isInForce = ({ effectiveFrom, effectiveUntil }: StoredMeter, { from, to }: Span): boolean =>
  (effectiveFrom === null || effectiveFrom.getTime() < to) &&
  (effectiveUntil === null || effectiveUntil.getTime() > from);
