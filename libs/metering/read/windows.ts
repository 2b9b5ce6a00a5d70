import { Temporal } from 'temporal-polyfill';
import { HOUR } from '../hour.ts';
import type { Span } from './split-span.ts';

export type UsageWindow = 'hour' | 'day' | 'week' | 'month' | 'total';

/**
 * The calendar's windows that touch a span, cut off where it begins and ends; they touch each other. Days, weeks (from Monday) and months
 * begin at local midnight, or where a clock change swallows it at the day's first instant; so a day has 23 or 25 hours twice a year. Hours
 * begin where the local clock shows a full hour, and at a clock change. Pure.
 */
export function* windowsOf({ from, to }: Span, window: UsageWindow, timeZone: string): Generator<Span> {
  if (window === 'total') {
    yield { from, to };
    return;
  }
  for (let start = from; start < to; ) {
    const end = Math.min(window === 'hour' ? endOfHour(start, timeZone) : endOfDays(start, window, timeZone), to);
    yield { from: start, to: end };
    start = end;
  }
}

/** The first instant of the month that an instant lies in. */
export function startOfMonth(instant: number, timeZone: string): number {
  return localDate(instant, timeZone).with({ day: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
}

const localTime = (instant: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
const localDate = (instant: number, timeZone: string): Temporal.PlainDate => localTime(instant, timeZone).toPlainDate();

function endOfHour(instant: number, timeZone: string): number {
  const local = localTime(instant, timeZone);
  const ahead = local.offsetNanoseconds / 1e6;
  const shown = instant + ahead;
  const end = Math.ceil((Math.floor(shown / HOUR) + 1) * HOUR - ahead);
  if (localTime(end - 1, timeZone).offsetNanoseconds === local.offsetNanoseconds) return end;
  return local.getTimeZoneTransition('next')?.epochMilliseconds ?? end;
}

function endOfDays(instant: number, window: 'day' | 'week' | 'month', timeZone: string): number {
  const date = localDate(instant, timeZone);
  let next = NEXT[window](date);
  for (;;) {
    const end = next.toZonedDateTime(timeZone).epochMilliseconds;
    if (end > instant) return end;
    // A zone that moved over the date line has skipped this day.
    next = next.add({ days: 1 });
  }
}

const NEXT = {
  day: (date: Temporal.PlainDate) => date.add({ days: 1 }),
  week: (date: Temporal.PlainDate) => date.add({ days: 8 - date.dayOfWeek }),
  month: (date: Temporal.PlainDate) => date.with({ day: 1 }).add({ months: 1 }),
} as const;
