import type { Transaction } from '#libs/database/transaction.ts';

export interface AppliedOffset {
  readonly partition: number;
  readonly epoch: number;
  readonly nextOffset: bigint;
  /** SHA-256 of the record before nextOffset; null before the first. */
  readonly lastRecordHash: Buffer | null;
}

/** Locks the partitions' rows in order, so that one batch per partition is applied at a time, whoever holds the partition. */
export async function lockOffsets(tx: Transaction, partitions: readonly number[]): Promise<Map<number, AppliedOffset>> {
  const { rows } = await tx.query<OffsetRow>(
    `SELECT partition, epoch, next_offset, last_record_hash FROM log_offsets
      WHERE partition = ANY($1::smallint[]) ORDER BY partition FOR UPDATE`,
    [partitions],
  );
  return new Map(
    rows.map((row) => [
      row.partition,
      {
        partition: row.partition,
        epoch: row.epoch,
        nextOffset: BigInt(row.next_offset),
        lastRecordHash: row.last_record_hash,
      },
    ]),
  );
}

interface OffsetRow {
  readonly partition: number;
  readonly epoch: number;
  readonly next_offset: string;
  readonly last_record_hash: Buffer | null;
}
