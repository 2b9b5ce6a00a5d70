import type { Transaction } from '#libs/database/transaction.ts';

/** Runs of an organization that are not at their end, oldest first; dry ones aside. */
export async function selectOpenRunIds(tx: Transaction, organizationId: number): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT id FROM billing_runs
      WHERE organization_id = $1 AND state IN ('queued', 'waiting', 'running') AND NOT dry_run
      ORDER BY created_at, id`,
    [organizationId],
  );
  return rows.map(({ id }) => id);
}
