import type { Transaction } from '#libs/database/transaction.ts';
import type { IsBackfilled } from '../correct.ts';
import { dayOf } from '../day-of.ts';
import { isBefore } from '../place.ts';

/** How far each backfill has come, held still until commit: no chunk can pass an event between the look and the correction. */
export const shareBackfills = (tx: Transaction): Promise<IsBackfilled> => selectBackfills(tx, 'FOR SHARE');

/** How far each backfill has come, in the transaction's snapshot. */
export const readBackfills = (tx: Transaction): Promise<IsBackfilled> => selectBackfills(tx, '');

async function selectBackfills(tx: Transaction, lock: 'FOR SHARE' | ''): Promise<IsBackfilled> {
  const { rows } = await tx.query<BackfillRow>(
    `SELECT organization_id, meter_id, cursor_day::text, cursor_epoch, cursor_partition, cursor_offset, finished_at IS NOT NULL AS finished
       FROM meter_backfills ORDER BY organization_id, meter_id ${lock}`,
  );
  const byMeter = new Map(rows.map((row) => [row.meter_id, row]));
  return (meter, place) => {
    const backfill = byMeter.get(meter.id);
    if (!backfill || !isBefore(place, meter.startedAt)) return false;
    if (backfill.finished) return true;
    if (backfill.cursor_day === null) return false;
    return compareToCursor(dayOf(place.receivedAt), place, backfill as Cursor) <= 0;
  };
}

interface BackfillRow {
  readonly organization_id: number;
  readonly meter_id: number;
  readonly cursor_day: string | null;
  readonly cursor_epoch: number | null;
  readonly cursor_partition: number | null;
  readonly cursor_offset: string | null;
  readonly finished: boolean;
}

interface Cursor {
  readonly cursor_day: string;
  readonly cursor_epoch: number;
  readonly cursor_partition: number;
  readonly cursor_offset: string;
}

/** In the order in which a backfill reads: day, epoch, partition, offset. */
function compareToCursor(
  day: string,
  place: { readonly epoch: number; readonly partition: number; readonly offset: bigint },
  cursor: Cursor,
): number {
  if (day !== cursor.cursor_day) return day < cursor.cursor_day ? -1 : 1;
  if (place.epoch !== cursor.cursor_epoch) return place.epoch - cursor.cursor_epoch;
  if (place.partition !== cursor.cursor_partition) return place.partition - cursor.cursor_partition;
  const offset = BigInt(cursor.cursor_offset);
  return place.offset < offset ? -1 : place.offset > offset ? 1 : 0;
}
