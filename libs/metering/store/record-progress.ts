import type { Transaction } from '#libs/database/transaction.ts';
import { plainArray } from './array-literal.ts';

/** What became of a record. */
export type RecordOutcome =
  | 'counted'
  | 'unassigned'
  | 'duplicate'
  | 'conflict'
  | 'dead_letter'
  | 'correction'
  | 'deleted';

export interface RecordCount {
  readonly organizationId: number;
  /** Day of arrival, YYYY-MM-DD (UTC). */
  readonly receivedOn: string;
  readonly epoch: number;
  readonly partition: number;
  readonly outcome: RecordOutcome;
  readonly records: number;
}

export interface MeterCount {
  readonly organizationId: number;
  readonly meterId: number;
  /** Day of arrival, YYYY-MM-DD (UTC). */
  readonly receivedOn: string;
  readonly partition: number;
  /** Events counted less those taken back. */
  readonly events: number;
}

export interface OffsetAdvance {
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly lastRecordHash: Buffer;
}

/**
 * Moves the locked offset rows to the end of the batch and adds to the counts of what became of its records. One statement: all its rows
 * belong to partitions that this transaction holds, so it waits for nobody.
 */
export async function recordProgress(
  tx: Transaction,
  advances: readonly OffsetAdvance[],
  counts: readonly RecordCount[],
  meters: readonly MeterCount[],
): Promise<void> {
  await tx.query({
    name: 'record-progress',
    text: `WITH moved AS (
             UPDATE log_offsets o SET next_offset = a.next_offset, last_record_hash = a.last_record_hash
               FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS a (partition, next_offset, last_record_hash)
              WHERE o.partition = a.partition
           ), counted AS (
             INSERT INTO record_counts AS c (organization_id, received_on, log_epoch, log_partition, outcome, records)
             SELECT * FROM unnest($4::integer[], $5::date[], $6::integer[], $7::smallint[], $8::text[], $9::bigint[])
             ON CONFLICT (organization_id, received_on, log_epoch, log_partition, outcome) DO UPDATE SET records = c.records + excluded.records
           )
           INSERT INTO meter_counts AS m (organization_id, meter_id, received_on, log_partition, event_count)
           SELECT * FROM unnest($10::integer[], $11::integer[], $12::date[], $13::smallint[], $14::bigint[])
           ON CONFLICT (organization_id, meter_id, received_on, log_partition) DO UPDATE SET event_count = m.event_count + excluded.event_count`,
    values: [
      plainArray(advances.map((advance) => advance.partition)),
      plainArray(advances.map((advance) => advance.nextOffset)),
      advances.map((advance) => advance.lastRecordHash),
      plainArray(counts.map((count) => count.organizationId)),
      plainArray(counts.map((count) => count.receivedOn)),
      plainArray(counts.map((count) => count.epoch)),
      plainArray(counts.map((count) => count.partition)),
      plainArray(counts.map((count) => count.outcome)),
      plainArray(counts.map((count) => count.records)),
      plainArray(meters.map((count) => count.organizationId)),
      plainArray(meters.map((count) => count.meterId)),
      plainArray(meters.map((count) => count.receivedOn)),
      plainArray(meters.map((count) => count.partition)),
      plainArray(meters.map((count) => count.events)),
    ],
  });
}
