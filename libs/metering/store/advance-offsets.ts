import type { Transaction } from '#libs/database/transaction.ts';

export interface OffsetAdvance {
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly lastRecordHash: Buffer;
}

/** Moves the locked offset rows to the end of the batch. */
export async function advanceOffsets(tx: Transaction, advances: readonly OffsetAdvance[]): Promise<void> {
  await tx.query(
    `UPDATE log_offsets o SET next_offset = a.next_offset, last_record_hash = a.last_record_hash
       FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS a (partition, next_offset, last_record_hash)
      WHERE o.partition = a.partition`,
    [
      advances.map((advance) => advance.partition),
      advances.map((advance) => advance.nextOffset.toString()),
      advances.map((advance) => advance.lastRecordHash),
    ],
  );
}
