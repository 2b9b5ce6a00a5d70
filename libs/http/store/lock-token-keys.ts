import type { Transaction } from '#libs/database/transaction.ts';

const TOKEN_KEYS_LOCK = 7_205_917;

/** Until the end of the transaction: processes that find no pair make one, not one each. */
export async function lockTokenKeys(tx: Transaction): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [TOKEN_KEYS_LOCK]);
}
