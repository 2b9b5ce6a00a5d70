import type { Transaction } from '#libs/database/transaction.ts';

/** The database's clock, by which what is over is judged. Epoch milliseconds. */
export async function selectNow(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ now: Date }>('SELECT now()');
  return (rows[0] as { now: Date }).now.getTime();
}
