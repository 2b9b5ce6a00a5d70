import type { Transaction } from '#libs/database/transaction.ts';
import { METER_COLUMNS, type StoredMeter } from './meter-row.ts';

/** Meters in the order they were made, archived ones too, behind `afterId`. */
export async function listMeters(
  tx: Transaction,
  organizationId: number,
  afterId: number,
  limit: number,
): Promise<StoredMeter[]> {
  const { rows } = await tx.query<StoredMeter>(
    `SELECT ${METER_COLUMNS} FROM meters WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [organizationId, afterId, limit],
  );
  return rows;
}
