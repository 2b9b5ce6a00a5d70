import {
  addDays,
  type Cycle,
  type Interval,
  periodsEndingIn,
  type ServicePeriod,
  type Term,
} from '#libs/catalog/billing-period.ts';

/** When something is billed: where its periods lie, and how long after their end. */
export type BillingTerms = Term & Cycle & { readonly graceMinutes: number };

/** Local dates: what ends after the one and not after the other. */
export interface EndWindow {
  readonly endsAfter: string;
  readonly endsUntil: string;
}

/** Days that are longer than one such period. */
const LONGER_THAN: Readonly<Record<Interval, number>> = { day: 2, week: 8, month: 32, quarter: 93, year: 367 };

/** The first and the last period of these terms that end in a window; none of a zone that is not known here: the run parks whoever has it. */
export function outerPeriods(term: BillingTerms, { endsAfter, endsUntil }: EndWindow): ServicePeriod[] {
  const days = LONGER_THAN[term.interval];
  try {
    const [first] = periodsEndingIn(term, term, endsAfter, earlier(addDays(endsAfter, days), endsUntil));
    const last = periodsEndingIn(term, term, later(addDays(endsUntil, -days), endsAfter), endsUntil).at(-1);
    return [first, last].flatMap((period) => period ?? []);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

const earlier = (one: string, other: string): string => (one < other ? one : other);
const later = (one: string, other: string): string => (one > other ? one : other);
