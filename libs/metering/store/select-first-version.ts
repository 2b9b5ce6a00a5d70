import type { Transaction } from '#libs/database/transaction.ts';
import { METER_COLUMNS, type StoredMeter } from './meter-row.ts';

/** The first version of a meter; null when there is none of this key. */
export async function selectFirstVersion(
  tx: Transaction,
  organizationId: number,
  key: string,
): Promise<StoredMeter | null> {
  const { rows } = await tx.query<StoredMeter>(
    `SELECT ${METER_COLUMNS} FROM meters WHERE organization_id = $1 AND key = $2 AND version = 1`,
    [organizationId, key],
  );
  return rows[0] ?? null;
}
