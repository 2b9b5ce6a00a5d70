import type { Transaction } from '#libs/database/transaction.ts';
import { METER_COLUMNS, type StoredMeter } from './meter-row.ts';

/** Every version of the meters with these keys, archived ones too, oldest first, by key. */
export async function selectMeterVersions(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[],
): Promise<Map<string, StoredMeter[]>> {
  const { rows } = await tx.query<StoredMeter>(
    `SELECT ${METER_COLUMNS} FROM meters WHERE organization_id = $1 AND key = ANY($2::text[]) ORDER BY key, version`,
    [organizationId, keys],
  );
  return Map.groupBy(rows, (meter) => meter.key);
}
