import type { Transaction } from '#libs/database/transaction.ts';

/** For the owner only. */
export async function insertOperatorKey(tx: Transaction, digest: Buffer): Promise<void> {
  await tx.query('INSERT INTO operator_keys (digest) VALUES ($1)', [digest]);
}
