import type { Transaction } from '#libs/database/transaction.ts';

/** All of the installation. For the owner only. */
export async function countOrganizations(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ count: number }>('SELECT count(*)::integer AS count FROM organizations');
  return (rows[0] as { count: number }).count;
}
