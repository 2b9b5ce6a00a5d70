import type { Transaction } from '#libs/database/transaction.ts';
import type { StoredDeadLetter } from './dead-letter-row.ts';

export async function updatePublished(tx: Transaction, letters: readonly StoredDeadLetter[]): Promise<void> {
  await tx.query(
    `UPDATE dead_letters d SET published_at = clock_timestamp()
       FROM unnest($1::integer[], $2::integer[], $3::smallint[], $4::bigint[]) AS w (organization_id, log_epoch, log_partition, log_offset)
      WHERE d.organization_id = w.organization_id AND d.log_epoch = w.log_epoch AND d.log_partition = w.log_partition
        AND d.log_offset = w.log_offset`,
    [
      letters.map((letter) => letter.organizationId),
      letters.map((letter) => letter.epoch),
      letters.map((letter) => letter.partition),
      letters.map((letter) => letter.offset),
    ],
  );
}
