import {
  addDays,
  type Cycle,
  type Interval,
  periodsEndingIn,
  type ServicePeriod,
  type Term,
} from '#libs/catalog/billing-period.ts';

/** A period that a run is asked to bill too early. */
export interface PeriodNotOver {
  readonly period: ServicePeriod;
  /** When it may be billed: its end and the grace period, RFC 3339 in UTC. */
  readonly billableAt: string;
}

/** Days that are longer than one such period. */
const LOOK_BACK_DAYS: Readonly<Record<Interval, number>> = { day: 2, week: 8, month: 32, quarter: 93, year: 367 };

/** The period of these terms in the window that can be billed last, if that is not yet; otherwise null. */
export function findPeriodNotOver(
  terms: readonly (Term & Cycle)[],
  window: { readonly endsAfter: string; readonly endsUntil: string },
  now: number,
  graceMinutes: number,
): PeriodNotOver | null {
  let latest: ServicePeriod | null = null;
  // Only the last period of each can be unfinished alone; the others lie before it.
  for (const term of terms) {
    const recent = addDays(window.endsUntil, -LOOK_BACK_DAYS[term.interval]);
    const after = [recent, window.endsAfter].sort().at(-1) as string;
    const period = periodsEndingIn(term, term, after, window.endsUntil).at(-1);
    if (period && (latest === null || period.serviceTo > latest.serviceTo)) latest = period;
  }
  if (latest === null) return null;
  const billableAt = Date.parse(latest.serviceTo) + graceMinutes * 60_000;
  return billableAt <= now ? null : { period: latest, billableAt: new Date(billableAt).toISOString() };
}
