import type { StoredRecord } from '#libs/event-log/event-log.ts';
import { type CorrectionRecord, decodeRecord, type EventRecord } from '#libs/events/record.ts';
import { MAX_AHEAD_MS } from './ahead.ts';
import type { MeterCatalog } from './meter.ts';
import type { LogPlace } from './place.ts';
import { type Reading, readEvent, unreadDetail } from './read-event.ts';

export interface EpochBatch {
  readonly partition: number;
  readonly epoch: number;
  readonly records: readonly StoredRecord[];
}

/** An event as it arrives, with what meters make of it. */
export interface Arrival {
  readonly place: LogPlace;
  readonly record: EventRecord;
  readonly reading: Reading;
}

export interface CorrectionArrival {
  readonly place: LogPlace;
  readonly record: CorrectionRecord;
}

export interface DeadLetter {
  readonly place: LogPlace;
  readonly organizationId: number;
  /** Of the usage, epoch milliseconds; null where it cannot be read. */
  readonly time: number | null;
  readonly reason: string;
  readonly detail: string;
  readonly value: Buffer;
}

export interface SortedOut {
  /** First of each identity, by identity (see keyOf). */
  readonly arrivals: ReadonlyMap<string, Arrival>;
  /** Further records with an identity that is already taken in the same batch. */
  readonly repeats: readonly Arrival[];
  readonly corrections: readonly CorrectionArrival[];
  readonly deadLetters: readonly DeadLetter[];
  /** Of organizations that were deleted since. */
  readonly skipped: readonly LogPlace[];
}

/** Identity as text: the same for an event and its corrections. */
export const keyOf = ({ organizationId, identity }: Pick<EventRecord, 'organizationId' | 'identity'>): string =>
  identityText(organizationId, identity.key);

export const identityText = (organizationId: number, key: string): string => `${organizationId} ${key}`;

/**
 * Decodes and reads every record of a batch. Nothing is lost: each record ends in exactly one of the five lists. Pure.
 * `floor` (epoch milliseconds): keys of events that arrived before it may be gone, so such an event could count twice.
 *
 * Times are compared as the organization's clock was ahead of the log's. That clock only moves forward, so an event sent again at a later time
 * lies as far back as before, or further: one that was counted once is refused when its key is gone.
 * `deleted`: organizations whose records are passed over.
 */
export function sortOut(
  batches: readonly EpochBatch[],
  catalog: MeterCatalog,
  floor: number | null,
  deleted: ReadonlySet<number> = NONE,
): SortedOut {
  const arrivals = new Map<string, Arrival>();
  const repeats: Arrival[] = [];
  const corrections: CorrectionArrival[] = [];
  const deadLetters: DeadLetter[] = [];
  const skipped: LogPlace[] = [];
  const earliest = floor === null ? Number.NEGATIVE_INFINITY : floor + MAX_AHEAD_MS;
  for (const { partition, epoch, records } of batches) {
    for (const stored of records) {
      const receivedAt = stored.appendedAt.getTime();
      const place: LogPlace = { epoch, partition, offset: stored.offset, receivedAt };
      const bury = (organizationId: number, time: number | null, reason: string, detail: string) =>
        deadLetters.push({ place, organizationId, time, reason, detail, value: stored.value });
      const decoded = decodeRecord(stored.value, receivedAt);
      if (deleted.has(organizationOf(decoded))) {
        skipped.push(place);
        continue;
      }
      if (!decoded.ok) {
        bury(decoded.fault.organizationId, null, decoded.fault.reason, decoded.fault.detail);
        continue;
      }
      const { record } = decoded;
      if (record.kind === 'correction') {
        corrections.push({ place, record });
        continue;
      }
      const time = record.event.time - record.clockOffset;
      if (time < earliest) {
        bury(record.organizationId, record.event.time, 'too_old_to_dedupe', tooOld(record, floor as number));
        continue;
      }
      if (time > receivedAt + MAX_AHEAD_MS) {
        bury(record.organizationId, record.event.time, 'too_far_ahead', tooFarAhead(record, receivedAt));
        continue;
      }
      const reading = readEvent(record.event, catalog.metersFor(record.organizationId, record.event.type));
      if (reading.kind === 'unreadable') {
        bury(record.organizationId, record.event.time, 'unreadable_value', unreadDetail(reading) as string);
        continue;
      }
      const key = keyOf(record);
      if (arrivals.has(key)) repeats.push({ place, record, reading });
      else arrivals.set(key, { place, record, reading });
    }
  }
  return { arrivals, repeats, corrections, deadLetters, skipped };
}

const NONE: ReadonlySet<number> = new Set();

const organizationOf = (decoded: ReturnType<typeof decodeRecord>): number =>
  (decoded.ok ? decoded.record : decoded.fault).organizationId;

const tooOld = ({ event, clockOffset }: EventRecord, floor: number): string =>
  `its time ${new Date(event.time).toISOString()} lies so far back that it may have been counted and forgotten: ids are remembered of what arrived after ${new Date(floor + clockOffset).toISOString()}`;

const tooFarAhead = ({ event, clockOffset }: EventRecord, receivedAt: number): string =>
  `its time ${new Date(event.time).toISOString()} lies more than two days after its arrival at ${new Date(receivedAt + clockOffset).toISOString()}: a clock was wrong`;

/** Every record a dead letter, but for those of deleted organizations: what is left to do with records that the database refuses. */
export function refuseAll(
  batches: readonly EpochBatch[],
  detail: string,
  deleted: ReadonlySet<number> = NONE,
): SortedOut {
  const all = batches.flatMap(({ partition, epoch, records }) =>
    records.map((stored): DeadLetter => {
      const receivedAt = stored.appendedAt.getTime();
      const decoded = decodeRecord(stored.value, receivedAt);
      const organizationId = organizationOf(decoded);
      const time = decoded.ok && decoded.record.kind === 'event' ? decoded.record.event.time : null;
      const place = { epoch, partition, offset: stored.offset, receivedAt };
      return { place, organizationId, time, reason: 'refused', detail, value: stored.value };
    }),
  );
  const skipped = all.filter(({ organizationId }) => deleted.has(organizationId)).map(({ place }) => place);
  const deadLetters = all.filter(({ organizationId }) => !deleted.has(organizationId));
  return { arrivals: new Map(), repeats: [], corrections: [], deadLetters, skipped };
}
