import type { StoredRecord } from '#libs/event-log/event-log.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { encodeEvent } from '#libs/events/record.ts';
import { HourFold } from '#libs/metering/hour-fold.ts';
import { createMeterCatalog, type Meter, type MeterCatalog } from '#libs/metering/meter.ts';
import { type SortedOut, sortOut } from '#libs/metering/sort-out.ts';

/* What the aggregator does before and beside its SQL, for measuring it alone. */

/** Of the records that benchmarks make by themselves. */
export const BENCH_ORGANIZATION = 9999;
/** As many as the aggregator puts into one transaction at most. */
export const BATCH = 5000;

const METER: Meter = {
  organizationId: BENCH_ORGANIZATION,
  id: 1,
  key: 'requests',
  eventType: 'api.request',
  aggregation: 'count',
  valueProperty: null,
  groupBy: [],
  filter: [],
  effectiveFrom: null,
  effectiveUntil: null,
  startedAt: { epoch: 1, offsets: new Map() },
  endedAt: null,
};

export const benchCatalog = (): MeterCatalog => createMeterCatalog(1n, [METER]);

/** As ingest writes it into the log. */
export const encode = (event: UsageEvent): Buffer => encodeEvent(BENCH_ORGANIZATION, event);

/** One partition's records, in order, in batches. */
export function storedBatches(values: readonly Buffer[], appendedAt: Date): StoredRecord[][] {
  const batches: StoredRecord[][] = [];
  for (let at = 0; at < values.length; at += BATCH)
    batches.push(values.slice(at, at + BATCH).map((value, i) => ({ offset: BigInt(at + i), appendedAt, value })));
  return batches;
}

export interface Folded {
  readonly sorted: SortedOut;
  readonly fold: HourFold;
}

/** Decodes, identifies, reads and folds one batch. @throws Error if a record of it cannot be counted. */
export function decodeAndFold(records: readonly StoredRecord[], catalog: MeterCatalog): Folded {
  const sorted = sortOut([{ partition: 0, epoch: 1, records }], catalog, null);
  const fold = new HourFold();
  for (const { record, reading } of sorted.arrivals.values())
    if (reading.kind === 'metered') fold.add(record.event, record.hash, reading.meters);
  if (sorted.arrivals.size !== records.length)
    throw new Error(`${sorted.arrivals.size} of ${records.length} records can be counted`);
  return { sorted, fold };
}
