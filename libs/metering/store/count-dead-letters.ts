import type { Transaction } from '#libs/database/transaction.ts';

/** How many dead letters of each reason were neither replayed nor discarded, over all organizations the role may see. */
export async function countDeadLetters(tx: Transaction): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ reason: string; letters: string }>(
    'SELECT reason, count(*) AS letters FROM dead_letters WHERE replayed_at IS NULL AND discarded_at IS NULL GROUP BY reason',
  );
  return new Map(rows.map((row) => [row.reason, Number(row.letters)]));
}
