import type { Transaction } from '#libs/database/transaction.ts';
import type { IsBackfilled } from '../correct.ts';
import { HourFold } from '../hour-fold.ts';
import { isLiveAt, type MeterCatalog } from '../meter.ts';
import { readEvent } from '../read-event.ts';
import { readRawDay } from '../store/read-raw-day.ts';
import { selectHourStates } from '../store/select-hour-states.ts';
import { revisionText, selectTakenBackOfDay } from '../store/select-taken-back.ts';
import { compareHours, type HourDifference, stateOf } from './compare-hours.ts';

/**
 * Works out the hours of one day (of the events' own time, UTC) from the raw events, in another way than they were made: once, from what
 * stands, without adding and taking back. Names every hourly row that is not the same. `isWhole`: whether an organization's raw events of the
 * day are all there; hours of others are left out. The transaction must be REPEATABLE READ.
 */
export async function recomputeDay(
  tx: Transaction,
  day: string,
  catalog: MeterCatalog,
  isBackfilled: IsBackfilled,
  isWhole: (organizationId: number) => boolean,
): Promise<{ readonly events: number; readonly hours: number; readonly differences: readonly HourDifference[] }> {
  const gone = await selectTakenBackOfDay(tx, day);
  const fold = new HourFold();
  let events = 0;
  for await (const rows of readRawDay(tx, day)) {
    for (const row of rows) {
      const { organizationId, event, hash, place } = row;
      if (gone.has(revisionText(row)) || !isWhole(organizationId)) continue;
      events += 1;
      for (const meter of catalog.everyMeterFor(organizationId, event.type)) {
        if (!isLiveAt(meter, place) && !isBackfilled(meter, place)) continue;
        const reading = readEvent(event, [meter]);
        if (reading.kind === 'metered') fold.add(event, hash, reading.meters);
      }
    }
  }
  const stored = (await selectHourStates(tx, day)).filter(({ organizationId }) => isWhole(organizationId));
  return { events, hours: stored.length, differences: compareHours(stored, fold.deltas().map(stateOf)) };
}
