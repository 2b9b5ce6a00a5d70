import { addDays, periodsEndingIn, startOfLocalDay } from '#libs/catalog/billing-period.ts';
import { type BillingTerms, LONGER_THAN } from './billing-terms.ts';

/**
 * From the beginning of the first to the end of the last whole period of these terms that ends in the window (local dates): epoch
 * milliseconds, half open. Null when none does. A zone that is not known here is left out: the run parks whoever has it.
 */
export function serviceSpan(
  terms: readonly BillingTerms[],
  { endsAfter, endsUntil }: { readonly endsAfter: string; readonly endsUntil: string },
): { readonly from: number; readonly to: number } | null {
  const spans = terms.flatMap((term) => {
    try {
      const days = LONGER_THAN[term.interval];
      const [first] = periodsEndingIn(term, term, endsAfter, earlier(addDays(endsAfter, days), endsUntil));
      const last = periodsEndingIn(term, term, later(addDays(endsUntil, -days), endsAfter), endsUntil).at(-1);
      const found = [first, last].flatMap((period) => period ?? []);
      return found.map(({ periodFrom, serviceTo, timeZone }) => ({
        from: startOfLocalDay(periodFrom, timeZone),
        to: Date.parse(serviceTo),
      }));
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  });
  if (spans.length === 0) return null;
  return {
    from: spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
    to: spans.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY),
  };
}

const earlier = (one: string, other: string): string => (one < other ? one : other);
const later = (one: string, other: string): string => (one > other ? one : other);
