import type { Transaction } from '#libs/database/transaction.ts';
import { Big } from '#libs/money/decimal.ts';
import { HOUR } from '../hour.ts';
import { HourFold, type HourlyDelta } from '../hour-fold.ts';
import { isLiveAt, type Meter } from '../meter.ts';
import { readEvent } from '../read-event.ts';
import { type RawSpan, readRawSpans } from '../store/read-raw-spans.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';
import { demandRawEvents } from './demand-raw-events.ts';
import { NOTHING, type PartialUsage } from './partial-usage.ts';

/** A part of an hour, of one meter version and name. */
export interface CutHour extends Omit<RawSpan, 'type'> {
  readonly meterId: number;
  /** End of the span that is asked for; null: the part lies before it and only makes the level. */
  readonly spanEnd: number | null;
}

export interface CutUsage {
  /** Position of the part. */
  readonly cut: number;
  readonly groupKey: string;
  readonly usage: PartialUsage;
  /** unique: how often each value was seen, by its hash. */
  readonly unique: ReadonlyMap<string, number> | null;
}

/**
 * Counts parts of hours from raw events, as the aggregator would: only events that the meter counted, and that nothing took back. In the
 * snapshot of the transaction, so that they fit to the hourly rows beside them. @throws RawEventsGone
 */
export async function foldCutHours(
  tx: Transaction,
  organizationId: number,
  cuts: readonly CutHour[],
): Promise<CutUsage[]> {
  if (cuts.length === 0) return [];
  await demandRawEvents(tx, organizationId, Math.min(...cuts.map(({ from }) => from)));
  const catalog = await selectMeterCatalog(tx);
  const isBackfilled = await selectBackfilled(tx);
  const meters = cuts.map((cut) => catalog.meter(cut.meterId));
  const spans = cuts.map((cut, i) => ({ ...cut, type: (meters[i] as Meter).eventType }));
  const folds = cuts.map(() => new HourFold());
  for await (const portion of readRawSpans(tx, organizationId, spans)) {
    for (const { span, row } of portion) {
      const meter = meters[span] as Meter;
      if (!isLiveAt(meter, row.place) && !isBackfilled(meter, row.place)) continue;
      const reading = readEvent(row.event, [meter]);
      if (reading.kind === 'metered') (folds[span] as HourFold).add(row.event, row.hash, reading.meters);
    }
  }
  return folds.flatMap((fold, cut) =>
    fold.deltas().map((delta) => ({
      cut,
      groupKey: delta.groupKey,
      usage: partialOf(delta, (cuts[cut] as CutHour).spanEnd),
      unique: delta.unique,
    })),
  );
}

function partialOf(delta: HourlyDelta, spanEnd: number | null): PartialUsage {
  const total = new Big(delta.total);
  if (spanEnd === null) return { ...NOTHING, level: total };
  const { minimum, maximum, latest, digest, weighted, hour } = delta;
  return {
    eventCount: BigInt(delta.eventCount),
    digest,
    total,
    level: NOTHING.level,
    integral: weighted === null ? NOTHING.integral : total.times(String(spanEnd - hour - HOUR)).plus(weighted),
    minimum: minimum === null ? null : new Big(minimum),
    maximum: maximum === null ? null : new Big(maximum),
    latest,
  };
}
