import type { Transaction } from '#libs/database/transaction.ts';
import type { PlannedPosition } from '../epochs/plan-epoch.ts';

/** Moves every partition to where its new epoch begins. Under the exclusive catalogue lock. */
export async function upsertLogPositions(tx: Transaction, positions: readonly PlannedPosition[]): Promise<void> {
  await tx.query(
    `INSERT INTO log_offsets AS o (partition, epoch, first_offset, next_offset)
     SELECT p.partition, p.epoch, p.first_offset, p.first_offset
       FROM unnest($1::smallint[], $2::integer[], $3::bigint[]) AS p (partition, epoch, first_offset)
     ON CONFLICT (partition) DO UPDATE SET
       epoch = excluded.epoch, first_offset = excluded.first_offset, next_offset = excluded.next_offset,
       last_record_hash = CASE WHEN o.partition = ANY($4::smallint[]) THEN o.last_record_hash END`,
    [
      positions.map((position) => position.partition),
      positions.map((position) => position.epoch),
      positions.map((position) => position.firstOffset.toString()),
      positions.filter((position) => position.keepsHash).map((position) => position.partition),
    ],
  );
}
