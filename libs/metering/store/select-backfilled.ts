import type { Transaction } from '#libs/database/transaction.ts';
import type { IsBackfilled } from '../correct.ts';
import { dayOf } from '../day-of.ts';
import { isBefore, type LogPlace } from '../place.ts';

/**
 * How far each backfill has come. Who counts holds it still until commit (`share`), so that no chunk can pass an event between the look and
 * the correction; readers look at their snapshot and lock nothing.
 */
export async function selectBackfilled(tx: Transaction, lock?: 'share'): Promise<IsBackfilled> {
  // What is finished moves no more; one that finishes while we wait for its lock is seen as finished by the second statement.
  if (lock)
    await tx.query(
      'SELECT FROM meter_backfills WHERE finished_at IS NULL ORDER BY organization_id, meter_id FOR SHARE',
    );
  const { rows } = await tx.query<BackfillRow>(
    `SELECT meter_id, cursor_day::text AS day, cursor_epoch AS epoch, cursor_partition AS partition, cursor_offset AS "offset",
            finished_at IS NOT NULL AS finished
       FROM meter_backfills`,
  );
  const byMeter = new Map(rows.map((row) => [row.meter_id, row]));
  return (meter, place) => {
    const backfill = byMeter.get(meter.id);
    if (!backfill || !isBefore(place, meter.startedAt)) return false;
    return backfill.finished || (backfill.day !== null && !isBehind(place, backfill, backfill.day));
  };
}

interface BackfillRow {
  readonly meter_id: number;
  readonly finished: boolean;
  /** Null before the first chunk, like all of the cursor. */
  readonly day: string | null;
  readonly epoch: number;
  readonly partition: number;
  readonly offset: string;
}

/** Whether a place comes after the cursor in the order in which a backfill reads: day, epoch, partition, offset. */
function isBehind(place: LogPlace, { epoch, partition, offset }: BackfillRow, day: string): boolean {
  const arrived = dayOf(place.receivedAt);
  if (arrived !== day) return arrived > day;
  if (place.epoch !== epoch) return place.epoch > epoch;
  return place.partition === partition ? place.offset > BigInt(offset) : place.partition > partition;
}
