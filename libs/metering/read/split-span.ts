import { HOUR, hourOf } from '../hour.ts';

export interface Span {
  /** Epoch milliseconds, half open. */
  readonly from: number;
  readonly to: number;
}

/** A span as hourly rows and raw events can answer it. */
export interface SplitSpan {
  /** Full hours; `from` = `to` where there are none. */
  readonly hours: Span;
  /** What lies in hours that the span cuts: two parts at most, each within one hour. */
  readonly cut: readonly Span[];
  /** Hours wholly before the span, and what lies before it in the hour that its beginning cuts. */
  readonly before: { readonly hoursUntil: number; readonly cut: readonly Span[] };
}

/** Hours of UTC are kept whole; where a span begins or ends within one, that part has to come from the raw events. Pure. */
export function splitSpan({ from, to }: Span): SplitSpan {
  const first = hourOf(from);
  const last = hourOf(to);
  const start = first === from ? from : first + HOUR;
  const before = { hoursUntil: first, cut: first === from ? [] : [{ from: first, to: from }] };
  // Begins and ends within the same hour.
  if (start > last) return { hours: { from: start, to: start }, cut: [{ from, to }], before };
  const head = from < start ? [{ from, to: start }] : [];
  const tail = last < to ? [{ from: last, to }] : [];
  return { hours: { from: start, to: last }, cut: [...head, ...tail], before };
}
