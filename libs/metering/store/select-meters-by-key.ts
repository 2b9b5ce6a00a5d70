import type { Transaction } from '#libs/database/transaction.ts';
import { METER_COLUMNS, type StoredMeter } from './meter-row.ts';

/** The newest version of each of the meters with these keys, archived ones too, by key. */
export async function selectMetersByKey(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[],
): Promise<Map<string, StoredMeter>> {
  const { rows } = await tx.query<StoredMeter>(
    `SELECT DISTINCT ON (key) ${METER_COLUMNS} FROM meters WHERE organization_id = $1 AND key = ANY($2::text[]) ORDER BY key, version DESC`,
    [organizationId, keys],
  );
  return new Map(rows.map((meter) => [meter.key, meter]));
}
