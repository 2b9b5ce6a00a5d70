import {
  addDays,
  CALENDAR_MONTHS,
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

/** Longer than a month with all its clock changes. */
const LOOK_BACK_DAYS = 62;

/** The period of these terms in the window that can be billed last, if that is not yet; otherwise null. */
export function findPeriodNotOver(
  terms: readonly Term[],
  window: { readonly endsAfter: string; readonly endsUntil: string },
  now: number,
  graceMinutes: number,
): PeriodNotOver | null {
  let latest: ServicePeriod | null = null;
  // Only the last period of each can be unfinished alone; the others lie before it.
  const recent = addDays(window.endsUntil, -LOOK_BACK_DAYS);
  const after = [recent, window.endsAfter].sort().at(-1) as string;
  for (const term of terms) {
    const period = periodsEndingIn(term, CALENDAR_MONTHS, after, window.endsUntil).at(-1);
    if (period && (latest === null || period.serviceTo > latest.serviceTo)) latest = period;
  }
  if (latest === null) return null;
  const billableAt = Date.parse(latest.serviceTo) + graceMinutes * 60_000;
  return billableAt <= now ? null : { period: latest, billableAt: new Date(billableAt).toISOString() };
}
