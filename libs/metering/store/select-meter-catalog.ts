import type { Transaction } from '#libs/database/transaction.ts';
import type { Condition } from '../filter.ts';
import { type Aggregation, createMeterCatalog, type Meter, type MeterCatalog } from '../meter.ts';
import { loadVector, type StoredVector } from '../place.ts';

/** All meters visible to the role, archived ones too, with the version of the catalogue they belong to. */
export async function selectMeterCatalog(tx: Transaction): Promise<MeterCatalog> {
  const { rows } = await tx.query<MeterRow>(
    `SELECT v.version, m.organization_id, m.id, m.key, m.event_type, m.aggregation, m.value_property, m.group_by, m.filter,
            (extract(epoch FROM m.effective_from) * 1000)::bigint AS effective_from,
            (extract(epoch FROM m.effective_until) * 1000)::bigint AS effective_until, m.started_at_log, m.ended_at_log
       FROM catalog_version v LEFT JOIN meters m ON true`,
  );
  const version = BigInt((rows[0] as MeterRow).version);
  return createMeterCatalog(version, rows.filter((row) => row.id !== null).map(toMeter));
}

interface MeterRow {
  readonly version: string;
  readonly organization_id: number;
  readonly id: number | null;
  readonly key: string;
  readonly event_type: string;
  readonly aggregation: Aggregation;
  readonly value_property: string | null;
  readonly group_by: string[];
  readonly filter: Condition[];
  readonly effective_from: string | null;
  readonly effective_until: string | null;
  readonly started_at_log: StoredVector;
  readonly ended_at_log: StoredVector | null;
}

const toMeter = (row: MeterRow): Meter => ({
  organizationId: row.organization_id,
  id: row.id as number,
  key: row.key,
  eventType: row.event_type,
  aggregation: row.aggregation,
  valueProperty: row.value_property,
  groupBy: row.group_by,
  filter: row.filter,
  effectiveFrom: row.effective_from === null ? null : Number(row.effective_from),
  effectiveUntil: row.effective_until === null ? null : Number(row.effective_until),
  startedAt: loadVector(row.started_at_log),
  endedAt: row.ended_at_log === null ? null : loadVector(row.ended_at_log),
});
