import type { Transaction } from '#libs/database/transaction.ts';

/** For the owner only. */
export async function countOperatorKeys(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ count: number }>('SELECT count(*)::integer AS count FROM operator_keys');
  return (rows[0] as { count: number }).count;
}
