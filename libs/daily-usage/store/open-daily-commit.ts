import type { Transaction } from '#libs/database/transaction.ts';

/**
 * The day's row, made if there is none, locked until the transaction ends. In a REPEATABLE READ one that was begun before another's commit ended,
 * Postgres refuses (40001).
 */
export async function openDailyCommit(tx: Transaction, organizationId: number, date: string): Promise<number> {
  const { rows } = await tx.query<{ records: number }>(
    `INSERT INTO daily_commits AS d (organization_id, date) VALUES ($1, $2)
     ON CONFLICT (organization_id, date) DO UPDATE SET records = d.records RETURNING records`,
    [organizationId, date],
  );
  return (rows[0] as { records: number }).records;
}
