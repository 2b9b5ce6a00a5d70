import type { Transaction } from '#libs/database/transaction.ts';
import { createMeterCatalog, type Meter, type MeterCatalog } from '../meter.ts';

/** All live meters visible to the role, with the version of the catalogue they belong to. */
export async function selectMeterCatalog(tx: Transaction): Promise<MeterCatalog> {
  const { rows } = await tx.query<MeterRow>(
    `SELECT v.version, m.organization_id, m.id, m.key, m.event_type, m.aggregation, m.value_property, m.group_by,
            (extract(epoch FROM m.effective_from) * 1000)::bigint AS effective_from
       FROM catalog_version v LEFT JOIN meters m ON m.archived_at IS NULL`,
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
  readonly aggregation: 'count' | 'sum';
  readonly value_property: string | null;
  readonly group_by: string[];
  readonly effective_from: string | null;
}

const toMeter = (row: MeterRow): Meter => ({
  organizationId: row.organization_id,
  id: row.id as number,
  key: row.key,
  eventType: row.event_type,
  aggregation: row.aggregation,
  valueProperty: row.value_property,
  groupBy: row.group_by,
  effectiveFrom: row.effective_from === null ? null : Number(row.effective_from),
});
