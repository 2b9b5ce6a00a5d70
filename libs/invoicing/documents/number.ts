/** A numbered series: numbers rise by one, without gaps. */
export type Series = 'invoice' | 'credit_note';

/** Whether numbers begin anew at 1 with each year of the issue date. */
export type NumberReset = 'never' | 'yearly';

/** How an organization numbers its documents. */
export interface Numbering {
  readonly patterns: Readonly<Record<Series, string>>;
  readonly reset: NumberReset;
}

/** Where a series stands. */
export interface SeriesPlace {
  readonly number: number;
  readonly issueDate: string;
}

const PLACE = /\{(year|number)(?::(\d+))?\}/g;

/** As printed: 'INV-{year}-{number:6}' makes INV-2026-000042. A number with more digits simply has more. */
export function documentNumber(pattern: string, issueDate: string, number: number): string {
  return pattern.replaceAll(PLACE, (_, name: string, digits: string | undefined) =>
    name === 'year' ? issueDate.slice(0, 4) : String(number).padStart(Number(digits ?? 1), '0'),
  );
}

/** The number behind the last one. */
export function nextNumber(last: SeriesPlace | null, issueDate: string, reset: NumberReset): number {
  if (last === null) return 1;
  return reset === 'yearly' && yearOf(issueDate) !== yearOf(last.issueDate) ? 1 : last.number + 1;
}

/** Issue dates never fall within a series: today, or the date of the newest document if a clock went back. */
export function issueDateAfter(today: string, lastIssueDate: string | null): string {
  return lastIssueDate !== null && lastIssueDate > today ? lastIssueDate : today;
}

function yearOf(issueDate: string): number {
  return Number(issueDate.slice(0, 4));
}
