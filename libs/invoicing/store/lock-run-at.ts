import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Locks a running run if its cursor still stands where the caller believes. False: someone else has carried it on, and the caller's
 * work is to be thrown away.
 */
export async function lockRunAt(
  tx: Transaction,
  organizationId: number,
  id: string,
  cursor: string | null,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM billing_runs
      WHERE organization_id = $1 AND id = $2 AND state = 'running' AND cursor IS NOT DISTINCT FROM $3::uuid
        FOR UPDATE`,
    [organizationId, id, cursor],
  );
  return rowCount === 1;
}
