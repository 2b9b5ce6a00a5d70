import type { Transaction } from '#libs/database/transaction.ts';

/** Days of arrival of which raw events are kept, YYYY-MM-DD, from `from` on, in order. */
export async function selectRawDays(tx: Transaction, from: string | null): Promise<string[]> {
  const { rows } = await tx.query<{ day: string }>(
    `SELECT to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') AS day
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'usage_events'::regclass ORDER BY day`,
  );
  return rows.map((row) => row.day).filter((day) => from === null || day >= from);
}
