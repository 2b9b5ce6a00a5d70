import type pg from 'pg';
import { inTransaction } from '#libs/database/transaction.ts';
import { addToHours } from '../apply/add-to-hours.ts';
import { dayOf } from '../day-of.ts';
import { HourFold } from '../hour-fold.ts';
import type { Meter } from '../meter.ts';
import { isBefore } from '../place.ts';
import { arrivedFrom } from '../read/arrived-from.ts';
import { type Reading, readEvent } from '../read-event.ts';
import { advanceBackfill } from '../store/advance-backfill.ts';
import type { RawEvent } from '../store/copy-usage-events.ts';
import { insertUnreadEvents, type UnreadEvent } from '../store/insert-unread-events.ts';
import { lockCatalogShared } from '../store/lock-catalog-shared.ts';
import { lockOpenBackfill, type OpenBackfill } from '../store/lock-open-backfill.ts';
import { recordProgress } from '../store/record-progress.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';
import { selectOlderEvents } from '../store/select-older-events.ts';
import { selectRawDays } from '../store/select-raw-days.ts';
import { Tally } from '../tally.ts';

/*
 * Counts one portion of the raw events that were applied before a meter was made. The portion and the new cursor commit together, so a
 * process that dies repeats nothing and skips nothing. Events from the meter's start in the log on are counted as they arrive and are
 * passed over here. An event that was taken back before the cursor reached it is not counted and is not taken back either: corrections
 * hold the backfill's row shared and we hold it exclusively, so each sees the other's work or none of it.
 */

const EVENTS_AT_ONCE = 5000;

export interface BackfillProgress {
  readonly organizationId: number;
  readonly meterId: number;
  readonly finished: boolean;
  readonly counted: number;
}

/** Null: nothing is asked for, or others work on it. */
export async function backfillChunk(pool: pg.Pool, atOnce: number = EVENTS_AT_ONCE): Promise<BackfillProgress | null> {
  return inTransaction(pool, async (tx) => {
    await lockCatalogShared(tx);
    const open = await lockOpenBackfill(tx);
    if (!open) return null;
    const catalog = await selectMeterCatalog(tx);
    const meter = catalog.meter(open.meterId);
    const portion = await nextPortion(tx, open, meter, atOnce);
    const fold = new HourFold();
    const tally = new Tally();
    const unread: UnreadEvent[] = [];
    let counted = 0;
    for (const row of portion?.events ?? []) {
      const reading = row.takenBack ? undefined : readingOf(row, meter);
      if (reading === undefined || reading.kind === 'unassigned') continue;
      for (const { detail } of reading.unread) unread.push({ ...row, meterId: meter.id, detail });
      if (reading.kind === 'unreadable') continue;
      counted += 1;
      fold.add(row.event, row.hash, reading.meters);
      tally.addReadings(row.place, reading.meters, 1);
    }
    await advanceBackfill(tx, open, portion?.cursor ?? null, portion?.passed ?? 0, counted);
    await insertUnreadEvents(tx, unread);
    await recordProgress(tx, [], [], tally.meterCounts());
    await addToHours(tx, fold.deltas(), {
      meterOf: catalog.meter,
      isBackfilled: () => selectBackfilled(tx, 'share'),
      returning: false,
    });
    const { organizationId, meterId } = open;
    return { organizationId, meterId, finished: portion === null, counted };
  });
}

const readingOf = ({ event, place }: RawEvent, meter: Meter): Reading | undefined =>
  isBefore(place, meter.startedAt) ? readEvent(event, [meter]) : undefined;

/** The next events; null at the end. */
async function nextPortion(
  tx: pg.PoolClient,
  { cursor }: OpenBackfill,
  { organizationId, eventType, effectiveFrom }: Meter,
  atOnce: number,
) {
  const first = effectiveFrom === null ? null : dayOf(await arrivedFrom(tx, organizationId, effectiveFrom));
  for (const day of await selectRawDays(tx, cursor?.day ?? first)) {
    const portion = await selectOlderEvents(tx, organizationId, eventType, day, cursor, atOnce);
    if (portion) return portion;
  }
  return null;
}
