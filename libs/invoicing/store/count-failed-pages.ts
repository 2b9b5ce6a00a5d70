import type { Transaction } from '#libs/database/transaction.ts';

/** How many documents of all organizations have no page although it was tried. */
export async function countFailedPages(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM pages_to_draw WHERE attempts > 0',
  );
  return rows[0]?.count ?? 0;
}
