import type { Transaction } from '#libs/database/transaction.ts';
import type { IsBackfilled } from '../correct.ts';
import { HourFold, type HourlyDelta } from '../hour-fold.ts';
import { isLiveAt, type Meter } from '../meter.ts';
import { arrivedFrom } from '../read/arrived-from.ts';
import { readEvent } from '../read-event.ts';
import { readRawHour } from '../store/read-raw-hour.ts';
import { revisionText, selectTakenBackOfHour } from '../store/select-taken-back.ts';
import { updateStanding } from '../store/update-standing.ts';

/**
 * min, max and latest cannot be taken back by subtraction. The rows were locked by the upsert before, so whatever else counts into these
 * hours is either committed and seen by the fresh snapshots here, or waits for us and is merged into what stands then.
 */
export async function recomputeHours(
  tx: Transaction,
  deltas: readonly HourlyDelta[],
  meterOf: (meterId: number) => Meter,
  isBackfilled: IsBackfilled,
): Promise<void> {
  for (const delta of deltas) {
    const meter = meterOf(delta.meterId);
    const { organizationId } = delta;
    const hour = {
      ...delta,
      type: meter.eventType,
      arrivedFrom: await arrivedFrom(tx, organizationId, delta.hour),
    };
    const gone = await selectTakenBackOfHour(tx, hour);
    const fold = new HourFold();
    for await (const rows of readRawHour(tx, hour)) {
      for (const row of rows) {
        const { event, hash, place } = row;
        if (gone.has(revisionText(row))) continue;
        if (!isLiveAt(meter, place) && !isBackfilled(meter, place)) continue;
        const reading = readEvent(event, [meter]);
        if (reading.kind !== 'metered') continue;
        fold.add(
          event,
          hash,
          reading.meters.filter(({ groupKey }) => groupKey === delta.groupKey),
        );
      }
    }
    await updateStanding(tx, delta, fold.deltas()[0]);
  }
}
