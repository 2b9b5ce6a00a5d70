import type { Transaction } from '#libs/database/transaction.ts';
import type { MeterInput } from '../meter-schema.ts';
import { METER_COLUMNS, type StoredMeter } from './meter-row.ts';

/** Null when the key is taken. Under the exclusive catalogue lock. */
export async function insertMeter(
  tx: Transaction,
  organizationId: number,
  meter: MeterInput,
): Promise<StoredMeter | null> {
  const { rows } = await tx.query<StoredMeter>(
    `INSERT INTO meters (organization_id, key, name, event_type, aggregation, value_property, group_by, effective_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (organization_id, key) DO NOTHING
     RETURNING ${METER_COLUMNS}`,
    [
      organizationId,
      meter.key,
      meter.name,
      meter.event_type,
      meter.aggregation,
      meter.value_property ?? null,
      meter.group_by,
      meter.effective_from === null ? null : new Date(meter.effective_from),
    ],
  );
  return rows[0] ?? null;
}
