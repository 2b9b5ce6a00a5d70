import type { Cycle, Interval, Term } from '#libs/catalog/billing-period.ts';

/** When something is billed: where its periods lie, and how long after their end. */
export type BillingTerms = Term & Cycle & { readonly graceMinutes: number };

/** Days that are longer than one such period. */
export const LONGER_THAN: Readonly<Record<Interval, number>> = { day: 2, week: 8, month: 32, quarter: 93, year: 367 };
