import type { Transaction } from '#libs/database/transaction.ts';

/** Drops raw events that arrived before a day (YYYY-MM-DD, UTC), by whole days; tells how many. */
export async function dropUsageEventsBefore(tx: Transaction, day: string): Promise<number> {
  const { rows } = await tx.query<{ dropped: number }>('SELECT drop_usage_events_before($1::date) AS dropped', [day]);
  return (rows[0] as { dropped: number }).dropped;
}
