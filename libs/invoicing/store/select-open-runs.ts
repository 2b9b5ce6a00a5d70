import type { Transaction } from '#libs/database/transaction.ts';

/** Runs of all organizations that are not at their end, oldest first. */
export async function selectOpenRuns(tx: Transaction): Promise<{ organizationId: number; id: string }[]> {
  const { rows } = await tx.query<{ organizationId: number; id: string }>(
    `SELECT organization_id AS "organizationId", id
       FROM billing_runs
      WHERE state IN ('queued', 'waiting', 'running')
      ORDER BY created_at, id`,
  );
  return rows;
}
