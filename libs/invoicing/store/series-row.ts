import type { Series, SeriesPlace } from '../documents/number.ts';

/** Where a series stands. */
export interface SeriesState {
  /** Of its newest document; null before the first. */
  readonly last: SeriesPlace | null;
  readonly headHash: Buffer;
}

export interface SeriesRow {
  readonly series: Series;
  readonly last_number: string;
  readonly last_issue_date: string | null;
  readonly head_hash: Buffer;
}

export const toSeriesState = (row: SeriesRow): SeriesState => ({
  last: row.last_issue_date === null ? null : { number: Number(row.last_number), issueDate: row.last_issue_date },
  headHash: row.head_hash,
});
