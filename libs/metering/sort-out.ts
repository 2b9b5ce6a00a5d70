import type { StoredRecord } from '#libs/event-log/event-log.ts';
import { decodeRecord, type EventRecord } from '#libs/events/record.ts';
import { type Reading, readEvent } from './hourly.ts';
import type { MeterCatalog } from './meter.ts';

/** Where a record lies in the log. */
export interface LogPlace {
  readonly partition: number;
  readonly offset: bigint;
  readonly receivedAt: Date;
}

export interface Candidate {
  readonly place: LogPlace;
  readonly record: EventRecord;
  readonly reading: Reading;
}

export interface DeadLetter {
  readonly place: LogPlace;
  readonly organizationId: number;
  readonly reason: string;
  readonly detail: string;
  readonly value: Buffer;
}

/** A second record with an identity that is already taken in the same batch. */
export interface Repeat {
  readonly place: LogPlace;
  readonly record: EventRecord;
  /** Key of the first one, see keyOf. */
  readonly of: string;
}

export interface SortedOut {
  /** First of each identity, sorted by identity: the order in which keys are inserted. */
  readonly candidates: readonly Candidate[];
  readonly repeats: readonly Repeat[];
  readonly deadLetters: readonly DeadLetter[];
}

/** Identity as text that sorts as the bytes in the primary key do. */
export const keyOf = (record: EventRecord): string =>
  identityText(record.organizationId, record.identity.key.toString('hex'));

/** The same from its parts: organization and the key's 32 hex digits. */
export const identityText = (organizationId: number, keyHex: string): string =>
  `${String(organizationId).padStart(10, '0')} ${keyHex}`;

/** Decodes and reads every record of a batch. Nothing is skipped: each record ends in exactly one of the three lists. Pure. */
export function sortOut(
  batches: readonly { readonly partition: number; readonly records: readonly StoredRecord[] }[],
  catalog: MeterCatalog,
): SortedOut {
  const first = new Map<string, Candidate>();
  const repeats: Repeat[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const { partition, records } of batches) {
    for (const stored of records) {
      const place = { partition, offset: stored.offset, receivedAt: stored.appendedAt };
      const decoded = decodeRecord(stored.value);
      if (!decoded.ok) {
        deadLetters.push({ place, ...decoded.fault, value: stored.value });
        continue;
      }
      const { record } = decoded;
      const reading = readEvent(record, catalog);
      if (reading.kind === 'unreadable') {
        deadLetters.push({
          place,
          organizationId: record.organizationId,
          reason: 'unreadable_value',
          detail: reading.detail,
          value: stored.value,
        });
        continue;
      }
      const key = keyOf(record);
      if (first.has(key)) repeats.push({ place, record, of: key });
      else first.set(key, { place, record, reading });
    }
  }
  const candidates = [...first.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, candidate]) => candidate);
  return { candidates, repeats, deadLetters };
}

/** Every record a dead letter: what is left to do with records that the database refuses. */
export function refuseAll(
  batches: readonly { readonly partition: number; readonly records: readonly StoredRecord[] }[],
  detail: string,
): SortedOut {
  const deadLetters = batches.flatMap(({ partition, records }) =>
    records.map((stored): DeadLetter => {
      const decoded = decodeRecord(stored.value);
      const { organizationId } = decoded.ok ? decoded.record : decoded.fault;
      const place = { partition, offset: stored.offset, receivedAt: stored.appendedAt };
      return { place, organizationId, reason: 'refused', detail, value: stored.value };
    }),
  );
  return { candidates: [], repeats: [], deadLetters };
}
