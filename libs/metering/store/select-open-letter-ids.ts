import type { Transaction } from '#libs/database/transaction.ts';

/** Ids of dead letters with this reason that were neither replayed nor discarded, oldest first. */
export async function selectOpenLetterIds(
  tx: Transaction,
  organizationId: number,
  reason: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT id FROM dead_letters WHERE organization_id = $1 AND reason = $2 AND replayed_at IS NULL AND discarded_at IS NULL
      ORDER BY log_epoch, log_partition, log_offset LIMIT $3`,
    [organizationId, reason, limit],
  );
  return rows.map((row) => row.id);
}
