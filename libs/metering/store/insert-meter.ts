import type { Transaction } from '#libs/database/transaction.ts';
import type { Condition } from '../filter.ts';
import type { Aggregation } from '../meter.ts';
import { LOG_NOW, METER_COLUMNS, type StoredMeter } from './meter-row.ts';

export interface NewMeter {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly event_type: string;
  readonly aggregation: Aggregation;
  readonly value_property?: string | undefined;
  readonly group_by: readonly string[];
  readonly filter: readonly Condition[];
  /** Epoch milliseconds. */
  readonly effective_from: number | null;
}

/** Null when the key has this version. Under the exclusive catalogue lock: the meter remembers where the log was. */
export async function insertMeter(
  tx: Transaction,
  organizationId: number,
  meter: NewMeter,
): Promise<StoredMeter | null> {
  const { rows } = await tx.query<StoredMeter>(
    `INSERT INTO meters (organization_id, key, version, name, event_type, aggregation, value_property, group_by, filter, effective_from, started_at_log)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${LOG_NOW})
     ON CONFLICT (organization_id, key, version) DO NOTHING
     RETURNING ${METER_COLUMNS}`,
    [
      organizationId,
      meter.key,
      meter.version,
      meter.name,
      meter.event_type,
      meter.aggregation,
      meter.value_property ?? null,
      meter.group_by,
      JSON.stringify(meter.filter),
      meter.effective_from === null ? null : new Date(meter.effective_from),
    ],
  );
  return rows[0] ?? null;
}
