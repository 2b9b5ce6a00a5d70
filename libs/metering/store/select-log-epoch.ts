import type { Transaction } from '#libs/database/transaction.ts';

/** The running epoch of the log; 1 before anything was applied. */
export async function selectLogEpoch(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ epoch: number }>('SELECT coalesce(max(epoch), 1) AS epoch FROM log_offsets');
  return (rows[0] as { epoch: number }).epoch;
}
