import type { Transaction } from '#libs/database/transaction.ts';

/** Locks subscriptions in the one order, before units of them are written. */
export async function lockSubscriptions(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    'SELECT FROM subscriptions WHERE organization_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    [organizationId, [...new Set(ids)]],
  );
}
