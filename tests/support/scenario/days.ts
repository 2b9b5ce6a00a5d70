/* Days counted with Date.UTC and Intl alone, by none of the product's code. Dates are 'YYYY-MM-DD', spans half open. */

const DAY = 86_400_000;
const numberOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;
const dateOf = (number: number): string => new Date(number * DAY).toISOString().slice(0, 10);

export const daysBetween = (from: string, to: string): number => numberOf(to) - numberOf(from);
export const daysLater = (date: string, days: number): string => dateOf(numberOf(date) + days);

const formats = new Map<string, Intl.DateTimeFormat>();

export function dateAt(epochMilliseconds: number, timeZone: string): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format.format(epochMilliseconds);
}

const MINUTE = 60_000;
const firsts = new Map<string, number>();

/** The first instant at which it is this day there or a later one: of a midnight that comes twice the first, of a day that is left out the next day's. */
export function firstInstantOf(date: string, timeZone: string): number {
  const known = firsts.get(`${date} ${timeZone}`);
  if (known !== undefined) return known;
  // No clock is more than 15 hours off.
  let at = numberOf(date) * DAY - 15 * 60 * MINUTE;
  while (dateAt(at, timeZone) < date) at += MINUTE;
  firsts.set(`${date} ${timeZone}`, at);
  return at;
}

function monthsLater(date: string, months: number): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}

const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** The period that a day lies in. `anchor`: null for the calendar's own. */
export function periodOf(date: string, interval: string, anchor: string | null): { from: string; to: string } {
  const months = MONTHS[interval];
  if (months === undefined) {
    const length = interval === 'week' ? 7 : 1;
    const first = anchor ?? '1970-01-05';
    const from = daysLater(first, Math.floor(daysBetween(first, date) / length) * length);
    return { from, to: daysLater(from, length) };
  }
  const first = anchor ?? '1970-01-01';
  let place = Math.floor(daysBetween(first, date) / (31 * months)) - 1;
  while (monthsLater(first, (place + 1) * months) <= date) place += 1;
  return { from: monthsLater(first, place * months), to: monthsLater(first, (place + 1) * months) };
}
