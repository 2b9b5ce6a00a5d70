import { Temporal } from 'temporal-polyfill';

/**
 * Calendar months in the time zone that a subscription is pinned to, half open, from local midnight to local midnight. Where a
 * clock change swallows midnight the day begins at its first instant. Pure: it knows no clock.
 */

/** When a subscription runs: local dates in its pinned time zone, half open. */
export interface Term {
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly timeZone: string;
}

/** The part of one month that a subscription ran in. */
export interface ServicePeriod {
  /** Local dates; `to` is the first day not billed. */
  readonly from: string;
  readonly to: string;
  /** The same borders as instants, RFC 3339 in UTC. */
  readonly serviceFrom: string;
  readonly serviceTo: string;
  /** The whole month it lies in, local dates. */
  readonly monthFrom: string;
  readonly monthTo: string;
  /** Local days of the part and of the whole month: what fixed fees are prorated by. */
  readonly days: number;
  readonly monthDays: number;
  readonly timeZone: string;
}

/** Every part of a month that ends after `endsAfter` and not after `endsUntil` (local dates, 00:00), oldest first. They touch. */
export function periodsEndingIn(term: Term, endsAfter: string, endsUntil: string): ServicePeriod[] {
  const starts = Temporal.PlainDate.from(term.startsOn);
  const ends = term.endsOn === null ? null : Temporal.PlainDate.from(term.endsOn);
  const after = Temporal.PlainDate.from(endsAfter);
  const until = Temporal.PlainDate.from(endsUntil);
  const periods: ServicePeriod[] = [];
  let month = later(starts, after).with({ day: 1 });
  // A part that ends on the first of `after`'s month is not asked for, so no earlier month can hold one that is.
  for (; Temporal.PlainDate.compare(month, until) < 0; month = month.add({ months: 1 })) {
    const next = month.add({ months: 1 });
    const from = later(month, starts);
    const to = ends === null ? next : earlier(next, ends);
    if (Temporal.PlainDate.compare(from, to) >= 0) break;
    if (Temporal.PlainDate.compare(to, until) > 0) break;
    if (Temporal.PlainDate.compare(to, after) > 0) periods.push(part(from, to, month, next, term.timeZone));
  }
  return periods;
}

/** The period that a billed unit covers, from its instants: the way back from what is stored. */
export function periodBetween(serviceFrom: string, serviceTo: string, timeZone: string): ServicePeriod {
  const from = localDate(serviceFrom, timeZone);
  const to = localDate(serviceTo, timeZone);
  const month = from.with({ day: 1 });
  return part(from, to, month, month.add({ months: 1 }), timeZone);
}

/** Local date at an instant (epoch milliseconds). */
export function localDateAt(epochMilliseconds: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}

/** How far local time is ahead of UTC at an instant (epoch milliseconds), in whole minutes. */
export function utcOffsetMinutes(epochMilliseconds: number, timeZone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(timeZone);
  return Math.round(local.offsetNanoseconds / 60e9);
}

/** First instant of a local day, in epoch milliseconds. */
export function startOfLocalDay(date: string, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The local date so many days on (or back). */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** The window that asks for one calendar month ('2026-10'): everything that ended in it, up to and with its own end. */
export function windowOfMonth(month: string): { readonly endsAfter: string; readonly endsUntil: string } {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  return { endsAfter: first.toString(), endsUntil: first.add({ months: 1 }).toString() };
}

function part(
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
  month: Temporal.PlainDate,
  next: Temporal.PlainDate,
  timeZone: string,
): ServicePeriod {
  return {
    from: from.toString(),
    to: to.toString(),
    serviceFrom: from.toZonedDateTime(timeZone).toInstant().toString(),
    serviceTo: to.toZonedDateTime(timeZone).toInstant().toString(),
    monthFrom: month.toString(),
    monthTo: next.toString(),
    days: from.until(to).days,
    monthDays: month.until(next).days,
    timeZone,
  };
}

function localDate(instant: string, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate();
}

function later(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(one, other) >= 0 ? one : other;
}

function earlier(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(one, other) <= 0 ? one : other;
}
