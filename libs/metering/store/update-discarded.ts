import type { Transaction } from '#libs/database/transaction.ts';

/** Gives up dead letters that were neither replayed nor discarded; tells how many. */
export async function updateDiscarded(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE dead_letters SET discarded_at = clock_timestamp()
      WHERE organization_id = $1 AND id = ANY($2::uuid[]) AND replayed_at IS NULL AND discarded_at IS NULL`,
    [organizationId, ids],
  );
  return rowCount ?? 0;
}
