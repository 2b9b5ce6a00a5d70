import type { Transaction } from '#libs/database/transaction.ts';

/** Notes that these dead letters were put into the log again. */
export async function updateReplayed(tx: Transaction, organizationId: number, ids: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE dead_letters SET replayed_at = clock_timestamp()
      WHERE organization_id = $1 AND id = ANY($2::uuid[]) AND replayed_at IS NULL`,
    [organizationId, ids],
  );
}
