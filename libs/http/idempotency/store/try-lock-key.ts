import type { Transaction } from '#libs/database/transaction.ts';

/** Until the end of the transaction, without waiting. False: another one has it. */
export async function tryLockKey(tx: Transaction, lock: bigint): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1::bigint) AS locked', [
    String(lock),
  ]);
  return rows[0]?.locked === true;
}
