import { addDays, periodsEndingIn, type ServicePeriod } from '#libs/catalog/billing-period.ts';
import { type BillingTerms, LONGER_THAN } from './billing-terms.ts';

/** A period that a run is asked to bill too early. */
export interface PeriodNotOver {
  readonly period: ServicePeriod;
  /** When it may be billed: its end and the grace period, RFC 3339 in UTC. */
  readonly billableAt: string;
}

/** The period of these terms in the window that can be billed last, if that is not yet; otherwise null. */
export function findPeriodNotOver(
  terms: readonly BillingTerms[],
  window: { readonly endsAfter: string; readonly endsUntil: string },
  now: number,
): PeriodNotOver | null {
  let latest: { readonly period: ServicePeriod; readonly at: number } | null = null;
  // Only the last period of each can be unfinished alone; the others lie before it.
  for (const term of terms) {
    const recent = addDays(window.endsUntil, -LONGER_THAN[term.interval]);
    const after = [recent, window.endsAfter].sort().at(-1) as string;
    const period = periodsEndingIn(term, term, after, window.endsUntil).at(-1);
    if (period === undefined) continue;
    const at = Date.parse(period.serviceTo) + term.graceMinutes * 60_000;
    if (latest === null || at > latest.at) latest = { period, at };
  }
  if (latest === null || latest.at <= now) return null;
  return { period: latest.period, billableAt: new Date(latest.at).toISOString() };
}
