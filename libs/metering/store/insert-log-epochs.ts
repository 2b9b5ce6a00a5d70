import type { Transaction } from '#libs/database/transaction.ts';

/** Keeps how far every partition came in the epoch that ends. Needs the owner. */
export async function insertLogEpochs(tx: Transaction, reason: string): Promise<void> {
  await tx.query(
    `INSERT INTO log_epochs (partition, epoch, first_offset, next_offset, reason)
     SELECT partition, epoch, first_offset, next_offset, $1 FROM log_offsets`,
    [reason],
  );
}
