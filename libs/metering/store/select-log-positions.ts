import type { Transaction } from '#libs/database/transaction.ts';
import type { LogPosition } from '../epochs/plan-epoch.ts';

export interface AppliedPosition extends LogPosition {
  /** SHA-256 of the last applied record; null when it is not to be compared. */
  readonly lastRecordHash: Buffer | null;
}

/** How far each partition is applied in its running epoch, in the transaction's snapshot. */
export async function selectLogPositions(tx: Transaction): Promise<AppliedPosition[]> {
  const { rows } = await tx.query<PositionRow>(
    'SELECT partition, epoch, first_offset, next_offset, last_record_hash FROM log_offsets ORDER BY partition',
  );
  return rows.map((row) => ({
    partition: row.partition,
    epoch: row.epoch,
    firstOffset: BigInt(row.first_offset),
    nextOffset: BigInt(row.next_offset),
    lastRecordHash: row.last_record_hash,
  }));
}

interface PositionRow {
  readonly partition: number;
  readonly epoch: number;
  readonly first_offset: string;
  readonly next_offset: string;
  readonly last_record_hash: Buffer | null;
}
