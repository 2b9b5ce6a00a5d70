/** A numbered series: numbers rise by one from 1 in each year of the issue date. Its name leads every number. */
export type Series = 'INV' | 'CN';

/** Which series a kind of document is numbered in. */
export const SERIES_OF = { invoice: 'INV', credit_note: 'CN' } as const satisfies Record<string, Series>;

/** As printed: INV-2026-000042. More than a million in a year simply have more digits. */
export function documentNumber(series: Series, year: number, seriesNumber: number): string {
  return `${series}-${year}-${String(seriesNumber).padStart(6, '0')}`;
}

/** Issue dates never fall within a series: today, or the date of the newest document if a clock went back. */
export function issueDateAfter(today: string, lastIssueDate: string | null): string {
  return lastIssueDate !== null && lastIssueDate > today ? lastIssueDate : today;
}

/** Year of an issue date: the one its number is counted in. */
export function yearOf(issueDate: string): number {
  return Number(issueDate.slice(0, 4));
}
