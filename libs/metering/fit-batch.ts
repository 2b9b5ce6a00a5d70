import { hash } from 'node:crypto';
import type { RecordBatch, StoredRecord } from '#libs/event-log/event-log.ts';

/** How a batch stands to what is already applied. */
export type Fit =
  /** Apply these; never none. */
  | { readonly kind: 'apply'; readonly records: readonly StoredRecord[] }
  /** All of it lies below what is applied: go on at `next`, which reads the last applied record again if this batch did not hold it. */
  | { readonly kind: 'covered'; readonly next: bigint }
  /** Records between the applied ones and the batch are missing: go back to `next`. */
  | { readonly kind: 'gap'; readonly next: bigint }
  /** The log is not the one that was applied. */
  | { readonly kind: 'replaced'; readonly detail: string };

/** SHA-256 of a record as it lies in the log. */
export const recordHash = (record: StoredRecord): Buffer => hash('sha256', record.value, 'buffer');

/**
 * Compares a batch with the applied offset. The covered prefix is dropped; a gap is never crossed; and where the batch holds the
 * last applied record again, its hash must be the remembered one, or the log was replaced (restored, re-created). Pure.
 */
export function fitBatch(
  batch: RecordBatch,
  applied: { readonly nextOffset: bigint; readonly lastRecordHash: Buffer | null },
): Fit {
  const records = withoutGap(batch.records);
  const first = (records[0] as StoredRecord).offset;
  if (first > applied.nextOffset) return { kind: 'gap', next: applied.nextOffset };
  const covered = Number(applied.nextOffset - first);
  const last = covered > 0 ? records[covered - 1] : undefined;
  if (last && applied.lastRecordHash && !recordHash(last).equals(applied.lastRecordHash)) {
    return {
      kind: 'replaced',
      detail: `partition ${batch.partition}: the record at offset ${last.offset} is not the one that was applied there; the log was replaced or restored. Nothing of it is counted until an operator decides.`,
    };
  }
  // Applied before, or of a log that was replaced by a shorter one: the hash of the last applied record tells, so it must be seen.
  if (covered > records.length) return { kind: 'covered', next: applied.nextOffset - 1n };
  if (covered === records.length) return { kind: 'covered', next: applied.nextOffset };
  return { kind: 'apply', records: records.slice(covered) };
}

/** Offsets rise by one; what comes after a hole is left for later, when the hole is looked at. */
function withoutGap(records: readonly StoredRecord[]): readonly StoredRecord[] {
  const hole = records.findIndex(
    (record, i) => i > 0 && record.offset !== (records[i - 1] as StoredRecord).offset + 1n,
  );
  return hole < 0 ? records : records.slice(0, hole);
}
