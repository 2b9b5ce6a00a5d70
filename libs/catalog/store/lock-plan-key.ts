import type { Transaction } from '#libs/database/transaction.ts';

/** One at a time makes the next version of a plan; tells the newest one, 0 before the first. Two statements: the second must see what the holder of the lock made. */
export async function lockPlanKey(tx: Transaction, organizationId: number, key: string): Promise<number> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('tollbook:plan:' || $1::text || ':' || $2::text, 0))`, [
    organizationId,
    key,
  ]);
  const { rows } = await tx.query<{ version: number }>(
    'SELECT COALESCE(max(version), 0) AS version FROM plans WHERE organization_id = $1 AND key = $2',
    [organizationId, key],
  );
  return (rows[0] as { version: number }).version;
}
