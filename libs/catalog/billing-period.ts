import { Temporal } from 'temporal-polyfill';
import { remembered } from './remembered.ts';

/**
 * Periods in the time zone that a subscription is pinned to, half open, from local midnight to local midnight. Where a clock change
 * swallows midnight the day begins at its first instant. Every border is counted from the anchor and never from the border before, so
 * that an anchor on the 31st returns to the 31st behind each shorter month. Pure: it knows no clock.
 */

export const INTERVALS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Interval = (typeof INTERVALS)[number];

/** When a subscription, or a stretch of one, runs: local dates in its pinned time zone, half open. */
export interface Term {
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly timeZone: string;
}

/** Where its periods begin. */
export interface Cycle {
  readonly interval: Interval;
  /** A local date that is a border; null: the calendar's own, Mondays and firsts. */
  readonly anchor: string | null;
}

export const CALENDAR_MONTHS: Cycle = { interval: 'month', anchor: null };

/** The part of one period that something ran in. */
export interface ServicePeriod {
  /** Local dates; `to` is the first day not billed. */
  readonly from: string;
  readonly to: string;
  /** The same borders as instants, RFC 3339 in UTC. */
  readonly serviceFrom: string;
  readonly serviceTo: string;
  /** The whole period it lies in, local dates. */
  readonly periodFrom: string;
  readonly periodTo: string;
  /** Local days of the part and of the whole period: what fixed fees are prorated by. */
  readonly days: number;
  readonly periodDays: number;
  readonly timeZone: string;
}

/** Every part of a period that ends after `endsAfter` and not after `endsUntil` (local dates, 00:00), oldest first. They touch. */
export function periodsEndingIn(term: Term, cycle: Cycle, endsAfter: string, endsUntil: string): ServicePeriod[] {
  // A part that ends by `endsUntil` has begun before it, and one that ends later than `endsAfter` goes on beyond it.
  return periodsIn(term, cycle, endsAfter, endsUntil).filter(({ to }) => to > endsAfter && to <= endsUntil);
}

/** Every part of a period that shares a day with the local dates given, half open, oldest first. They touch. */
export function periodsIn(term: Term, cycle: Cycle, from: string, to: string): ServicePeriod[] {
  const begin = term.startsOn > from ? term.startsOn : from;
  const end = term.endsOn !== null && term.endsOn < to ? term.endsOn : to;
  const parts: ServicePeriod[] = [];
  if (begin >= end) return parts;
  for (let place = placeOf(begin, cycle.interval, cycle.anchor); ; place += 1) {
    const whole = wholePeriod(cycle.interval, cycle.anchor, place, term.timeZone);
    if (whole.from >= end) return parts;
    const last = term.endsOn !== null && term.endsOn < whole.to ? term.endsOn : whole.to;
    parts.push(cutPeriod(whole, later(term.startsOn, whole.from), last));
  }
}

/** The whole period that a local date lies in. */
export function periodAround(date: string, cycle: Cycle): { readonly from: string; readonly to: string } {
  const { interval, anchor } = cycle;
  const place = placeOf(date, interval, anchor);
  return { from: borderText(interval, anchor, place), to: borderText(interval, anchor, place + 1) };
}

/** The period that a billed unit covers, from its instants: the way back from what is stored. */
export function periodBetween(serviceFrom: string, serviceTo: string, timeZone: string, cycle: Cycle): ServicePeriod {
  const day = localDate(serviceFrom, timeZone);
  const place = placeOf(day.toString(), cycle.interval, cycle.anchor);
  const [begin, end] = [border(cycle, place), border(cycle, place + 1)];
  // Where a border is a day that the zone left out, its instant is of the day after it.
  const isAt = (date: Temporal.PlainDate, instant: string) =>
    date.toZonedDateTime(timeZone).epochMilliseconds === Date.parse(instant);
  const from = isAt(begin, serviceFrom) ? begin : day;
  const to = isAt(end, serviceTo) ? end : localDate(serviceTo, timeZone);
  return part(from, to, begin, end, timeZone);
}

/** A piece of a period, between two local dates within it. */
export function cutPeriod(period: ServicePeriod, from: string, to: string): ServicePeriod {
  if (from === period.from && to === period.to) return period;
  const day = (date: string) => Temporal.PlainDate.from(date);
  return part(day(from), day(to), day(period.periodFrom), day(period.periodTo), period.timeZone);
}

/** Local date at an instant (epoch milliseconds). */
export const localDateAt = remembered((epochMilliseconds: number, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(timeZone).toPlainDate().toString(),
);

/** First instant of a local day, in epoch milliseconds. */
export const startOfLocalDay = remembered(
  (date: string, timeZone: string): number => Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds,
);

/** The local date so many days on (or back). */
export const addDays = remembered((date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString(),
);

/** The window that asks for one calendar month ('2026-10'): everything that ended in it, up to and with its own end. */
export function windowOfMonth(month: string): { readonly endsAfter: string; readonly endsUntil: string } {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  return { endsAfter: first.toString(), endsUntil: first.add({ months: 1 }).toString() };
}

/** The calendar's borders are those of an anchor on the first of a year, for weeks on a Monday. */
const CALENDAR = '1970-01-01';
const MONDAY = '1970-01-05';

const MONTHS: Partial<Record<Interval, number>> = { month: 1, quarter: 3, year: 12 };

function anchorOf({ interval, anchor }: Cycle): Temporal.PlainDate {
  return Temporal.PlainDate.from(anchor ?? (interval === 'week' ? MONDAY : CALENDAR));
}

/** Border number `place`, the anchor being number 0. */
function border(cycle: Cycle, place: number): Temporal.PlainDate {
  const months = MONTHS[cycle.interval];
  if (months !== undefined) return anchorOf(cycle).add({ months: months * place });
  return anchorOf(cycle).add({ days: (cycle.interval === 'week' ? 7 : 1) * place });
}

/** Number of the last border that is not behind a date. */
const placeOf = remembered((date: string, interval: Interval, from: string | null): number => {
  const cycle = { interval, anchor: from };
  const [anchor, day] = [anchorOf(cycle), Temporal.PlainDate.from(date)];
  const months = MONTHS[cycle.interval];
  if (months === undefined) return Math.floor(anchor.until(day).days / (cycle.interval === 'week' ? 7 : 1));
  const apart = (day.year - anchor.year) * 12 + day.month - anchor.month;
  const place = Math.floor(apart / months);
  return Temporal.PlainDate.compare(border(cycle, place), day) > 0 ? place - 1 : place;
});

const borderText = remembered((interval: Interval, anchor: string | null, place: number): string =>
  border({ interval, anchor }, place).toString(),
);

/** Between border number `place` and the next. */
const wholePeriod = remembered(
  (interval: Interval, anchor: string | null, place: number, timeZone: string): ServicePeriod => {
    const [from, to] = [border({ interval, anchor }, place), border({ interval, anchor }, place + 1)];
    return part(from, to, from, to, timeZone);
  },
);

function part(
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
  periodFrom: Temporal.PlainDate,
  periodTo: Temporal.PlainDate,
  timeZone: string,
): ServicePeriod {
  return {
    from: from.toString(),
    to: to.toString(),
    serviceFrom: from.toZonedDateTime(timeZone).toInstant().toString(),
    serviceTo: to.toZonedDateTime(timeZone).toInstant().toString(),
    periodFrom: periodFrom.toString(),
    periodTo: periodTo.toString(),
    days: from.until(to).days,
    periodDays: periodFrom.until(periodTo).days,
    timeZone,
  };
}

function localDate(instant: string, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate();
}

const later = (one: string, other: string): string => (one > other ? one : other);
