import { Temporal } from 'temporal-polyfill';
import { messages } from './messages.ts';

/** Dates as documents show them. Month names come from the catalogue, so neither the machine's locale nor its zone can change them. */

/** '2026-10-31' is '31 October 2026'. */
export function longDate(date: string): string {
  const { day, month, year } = Temporal.PlainDate.from(date);
  return `${day} ${monthName(month)} ${year}`;
}

/** Local dates, half open: from 2026-10-01 to 2026-11-01 is '1 Oct – 31 Oct 2026', the days that are billed. */
export function dateRange(from: string, to: string): string {
  return range(Temporal.PlainDate.from(from), Temporal.PlainDate.from(to).subtract({ days: 1 }));
}

/** Instants, half open, shown as the local days of the zone that they touch. */
export function instantRange(from: string, to: string, timeZone: string): string {
  const localDate = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(timeZone).toPlainDate();
  const last = Temporal.Instant.from(to).subtract({ nanoseconds: 1 });
  return range(localDate(Temporal.Instant.from(from)), localDate(last));
}

function range(first: Temporal.PlainDate, last: Temporal.PlainDate): string {
  const end = `${last.day} ${shortMonth(last.month)} ${last.year}`;
  // A period of no days is shown as the day it lies on.
  if (Temporal.PlainDate.compare(first, last) >= 0) return `${first.day} ${shortMonth(first.month)} ${first.year}`;
  const year = first.year === last.year ? '' : ` ${first.year}`;
  return `${first.day} ${shortMonth(first.month)}${year} – ${end}`;
}

function monthName(month: number): string {
  return messages.months[month - 1] ?? '';
}

function shortMonth(month: number): string {
  return monthName(month).slice(0, 3);
}
