import type { Transaction } from '#libs/database/transaction.ts';

/** Whether a key with this digest opens an organization. */
export async function isKnownKey(tx: Transaction, digest: Buffer): Promise<boolean> {
  const { rows } = await tx.query('SELECT FROM find_api_key($1)', [digest]);
  return rows.length > 0;
}
