import { Temporal } from 'temporal-polyfill';
import type { Messages } from './messages.ts';

/** Dates as documents show them. Month names come from the catalogue, so neither the machine's locale nor its zone can change them. */

/** '2026-10-31' is '31 October 2026'. */
export function longDate(messages: Messages, date: string): string {
  const { day, month, year } = Temporal.PlainDate.from(date);
  return messages.longDate(`${day}`, messages.months[month - 1] ?? '', `${year}`);
}

/** Local dates, half open: from 2026-10-01 to 2026-11-01 is '1 Oct – 31 Oct 2026', the days that are billed. */
export function dateRange(messages: Messages, from: string, to: string): string {
  return range(messages, Temporal.PlainDate.from(from), Temporal.PlainDate.from(to).subtract({ days: 1 }));
}

/** Instants, half open, shown as the local days of the zone that they touch. */
export function instantRange(messages: Messages, from: string, to: string, timeZone: string): string {
  const localDate = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(timeZone).toPlainDate();
  const last = Temporal.Instant.from(to).subtract({ nanoseconds: 1 });
  return range(messages, localDate(Temporal.Instant.from(from)), localDate(last));
}

function range(messages: Messages, first: Temporal.PlainDate, last: Temporal.PlainDate): string {
  const short = ({ month }: Temporal.PlainDate) => messages.shortMonths[month - 1] ?? '';
  const whole = (date: Temporal.PlainDate) => messages.longDate(`${date.day}`, short(date), `${date.year}`);
  // A period of no days is shown as the day it lies on.
  if (Temporal.PlainDate.compare(first, last) >= 0) return whole(first);
  const start = first.year === last.year ? messages.dayMonth(`${first.day}`, short(first)) : whole(first);
  return messages.range(start, whole(last));
}
