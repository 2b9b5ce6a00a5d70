import { selectMovedClocks } from '#libs/catalog/clock/select-moved-clocks.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { MAX_AHEAD_MS } from '../ahead.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';
import { selectRawDays } from '../store/select-raw-days.ts';
import type { HourDifference } from './compare-hours.ts';
import { recomputeDay } from './recompute-day.ts';

export interface DeepDay {
  readonly day: string;
  readonly events: number;
  readonly hours: number;
  readonly differences: readonly HourDifference[];
}

export interface DeepCheck {
  readonly days: readonly DeepDay[];
  /** Days whose raw events may have been dropped: their hours cannot be worked out any more. */
  readonly skipped: readonly string[];
}

const DAY = 86_400_000;

/**
 * Holds the hours of the days from `from` to before `to` (YYYY-MM-DD, UTC) against their raw events, row by row, in one snapshot. Reads all raw
 * events once per day: for an operator's question, not for every minute. `pool`: of the owner.
 */
export async function reconcileDeep(
  pool: Pool,
  from: string,
  to: string,
  onDay: (day: DeepDay) => void = () => {},
): Promise<DeepCheck> {
  return inTransaction(
    pool,
    async (tx) => {
      await tx.query('SET LOCAL statement_timeout = 0');
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      const catalog = await selectMeterCatalog(tx);
      const isBackfilled = await selectBackfilled(tx);
      const kept = await selectRawDays(tx, null);
      const clocks = await selectMovedClocks(tx);
      const { rows } = await tx.query<{ counted_from: string | null }>(
        'SELECT min(received_on) AS counted_from FROM record_counts',
      );
      const days: DeepDay[] = [];
      const skipped: string[] = [];
      for (let at = Date.parse(from); at < Date.parse(to); at += DAY) {
        const day = new Date(at).toISOString().slice(0, 10);
        const isWholeAt = (arrival: number) => isWhole(arrival, kept[0], rows[0]?.counted_from);
        if (!isWholeAt(at)) {
          skipped.push(day);
          continue;
        }
        const isWholeOf = (organizationId: number) => isWholeAt(at - (clocks.get(organizationId) ?? 0));
        const checked = { day, ...(await recomputeDay(tx, day, catalog, isBackfilled, isWholeOf)) };
        days.push(checked);
        onDay(checked);
      }
      return { days, skipped };
    },
    'REPEATABLE READ READ ONLY',
  );
}

/** Whether every raw event of that day is still there: nothing was dropped yet, or only what arrived before any of them could. */
function isWhole(at: number, firstKept: string | undefined, firstCounted: string | null | undefined): boolean {
  if (firstKept === undefined || !firstCounted || firstKept <= firstCounted) return true;
  return new Date(at - MAX_AHEAD_MS).toISOString().slice(0, 10) >= firstKept;
}
