import type { Transaction } from '#libs/database/transaction.ts';

/** At most so many, the oldest first; answers how many there were. Under the workers' role. */
export async function deleteExpiredKeys(tx: Transaction, atMost: number): Promise<number> {
  const { rowCount } = await tx.query(
    // Asked twice: one that is taken anew meanwhile stays.
    `DELETE FROM idempotency_keys WHERE expires_at <= now() AND (organization_id, digest) IN (
       SELECT organization_id, digest FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT $1)`,
    [atMost],
  );
  return rowCount ?? 0;
}
