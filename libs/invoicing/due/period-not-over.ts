import type { ServicePeriod } from '#libs/catalog/billing-period.ts';
import { type BillingTerms, type EndWindow, outerPeriods } from './billing-terms.ts';

/** A period that a run is asked to bill too early. */
export interface PeriodNotOver {
  readonly period: ServicePeriod;
  /** When it may be billed: its end and the grace period, RFC 3339 in UTC. */
  readonly billableAt: string;
}

/** The period of these terms in the window that can be billed last, if that is not yet; otherwise null. */
export function findPeriodNotOver(
  terms: readonly BillingTerms[],
  window: EndWindow,
  now: number,
): PeriodNotOver | null {
  let latest: { readonly period: ServicePeriod; readonly at: number } | null = null;
  // Only the last period of each can be unfinished alone; the others lie before it.
  for (const term of terms) {
    const period = outerPeriods(term, window).at(-1);
    if (period === undefined) continue;
    const at = Date.parse(period.serviceTo) + term.graceMinutes * 60_000;
    if (latest === null || at > latest.at) latest = { period, at };
  }
  if (latest === null || latest.at <= now) return null;
  return { period: latest.period, billableAt: new Date(latest.at).toISOString() };
}
