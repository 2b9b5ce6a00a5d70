import type { Transaction } from '#libs/database/transaction.ts';
import { DEAD_LETTER_COLUMNS, type StoredDeadLetter } from './dead-letter-row.ts';

/** Dead letters that are not in the dead-letter topic yet, in the order of the log, until commit; those another process has in hand are left out. */
export async function lockUnpublished(tx: Transaction, limit: number): Promise<StoredDeadLetter[]> {
  const { rows } = await tx.query<StoredDeadLetter>(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM dead_letters WHERE published_at IS NULL
      ORDER BY log_epoch, log_partition, log_offset LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
  return rows;
}
