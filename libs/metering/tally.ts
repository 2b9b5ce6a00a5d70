import { dayOf } from './day-of.ts';
import type { LogPlace } from './place.ts';
import type { MeterReading } from './read-event.ts';
import type { MeterCount, RecordCount, RecordOutcome } from './store/record-progress.ts';

/** Counts what became of the records of a batch. */
export class Tally {
  readonly #records = new Map<string, RecordCount & { records: number }>();
  readonly #meters = new Map<string, MeterCount & { events: number }>();

  addRecord(organizationId: number, { epoch, partition, receivedAt }: LogPlace, outcome: RecordOutcome): void {
    const receivedOn = dayOf(receivedAt);
    const key = `${organizationId} ${receivedOn} ${epoch} ${partition} ${outcome}`;
    const entry = this.#records.get(key);
    if (entry) entry.records += 1;
    else this.#records.set(key, { organizationId, receivedOn, epoch, partition, outcome, records: 1 });
  }

  addReadings({ partition, receivedAt }: LogPlace, readings: readonly MeterReading[], sign: 1 | -1): void {
    const receivedOn = dayOf(receivedAt);
    for (const { meter } of readings) {
      const key = `${meter.id} ${receivedOn} ${partition}`;
      const entry = this.#meters.get(key);
      if (entry) entry.events += sign;
      else
        this.#meters.set(key, {
          organizationId: meter.organizationId,
          meterId: meter.id,
          receivedOn,
          partition,
          events: sign,
        });
    }
  }

  /** In one fixed order. */
  recordCounts(): RecordCount[] {
    return inOrder(this.#records);
  }

  /** How many records of each outcome. */
  outcomes(): Partial<Record<RecordOutcome, number>> {
    const sums: Partial<Record<RecordOutcome, number>> = {};
    for (const { outcome, records } of this.#records.values()) sums[outcome] = (sums[outcome] ?? 0) + records;
    return sums;
  }

  meterCounts(): MeterCount[] {
    return inOrder(this.#meters);
  }
}

const inOrder = <T>(entries: ReadonlyMap<string, T>): T[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
