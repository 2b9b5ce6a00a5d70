import { startOfLocalDay } from '#libs/catalog/billing-period.ts';
import { type BillingTerms, type EndWindow, outerPeriods } from './billing-terms.ts';

/**
 * From the beginning of the first to the end of the last whole period of these terms that ends in the window: epoch milliseconds, half
 * open. Null when none does.
 */
export function serviceSpan(
  terms: readonly BillingTerms[],
  window: EndWindow,
): { readonly from: number; readonly to: number } | null {
  const periods = terms.flatMap((term) => outerPeriods(term, window));
  if (periods.length === 0) return null;
  const from = periods.reduce(
    (least, { periodFrom, timeZone }) => Math.min(least, startOfLocalDay(periodFrom, timeZone)),
    Number.POSITIVE_INFINITY,
  );
  const to = periods.reduce((most, { serviceTo }) => Math.max(most, Date.parse(serviceTo)), Number.NEGATIVE_INFINITY);
  return { from, to };
}
