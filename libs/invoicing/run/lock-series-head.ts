import type { Transaction } from '#libs/database/transaction.ts';
import { CHAIN_START } from '../document-hash.ts';
import { issueDateAfter, type Series, yearOf } from '../number.ts';
import { insertSeries } from '../store/insert-series.ts';
import { lockFirstOfSeries } from '../store/lock-first-of-series.ts';
import { lockLatestSeries, type SeriesState } from '../store/lock-latest-series.ts';
import { selectLatestSeriesYear } from '../store/select-latest-series-year.ts';

/** A series that belongs to this transaction until it ends: where it stands and the date of the next documents. */
export interface SeriesHead extends SeriesState {
  readonly issueDate: string;
}

/**
 * Takes hold of a series. Everybody else who wants to number in it waits for this transaction's end, so it is taken last. The chain runs
 * on over the turn of the year: the new year's row is opened under the lock of the old one's, and whoever waited for the old one
 * looks again.
 */
export async function lockSeriesHead(
  tx: Transaction,
  organizationId: number,
  series: Series,
  today: string,
): Promise<SeriesHead> {
  for (let opening = false; ; ) {
    const latest = await lockLatestSeries(tx, organizationId, series);
    if (latest === null && !opening) {
      // Two that open different years at once would not see each other's row. Whoever waited here looks again.
      await lockFirstOfSeries(tx, organizationId, series);
      opening = true;
      continue;
    }
    if (latest === null) {
      const first = { year: yearOf(today), lastNumber: 0, lastIssueDate: today, headHash: CHAIN_START };
      await insertSeries(tx, organizationId, series, first);
      continue;
    }
    if ((await selectLatestSeriesYear(tx, organizationId, series)) !== latest.year) continue;
    const issueDate = issueDateAfter(today, latest.lastIssueDate);
    if (yearOf(issueDate) === latest.year) return { ...latest, issueDate };
    const next = { year: yearOf(issueDate), lastNumber: 0, lastIssueDate: issueDate, headHash: latest.headHash };
    await insertSeries(tx, organizationId, series, next);
    return { ...next, issueDate };
  }
}
