import type { Transaction } from '#libs/database/transaction.ts';
import type { Series } from '../documents/number.ts';
import { insertSeries } from '../store/insert-series.ts';
import { lockSeries } from '../store/lock-series.ts';
import type { SeriesState } from '../store/series-row.ts';

/** Takes hold of a series. Everybody else who wants to number in it waits for this transaction's end, so it is taken last. */
export async function lockSeriesHead(tx: Transaction, organizationId: number, series: Series): Promise<SeriesState> {
  const state = await lockSeries(tx, organizationId, series);
  if (state !== null) return state;
  await insertSeries(tx, organizationId, series);
  return (await lockSeries(tx, organizationId, series)) as SeriesState;
}
