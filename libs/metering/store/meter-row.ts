import type { Condition } from '../filter.ts';
import type { Aggregation } from '../meter.ts';

/** One version of a meter as it is managed, archived ones included. */
export interface StoredMeter {
  readonly id: number;
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly eventType: string;
  readonly aggregation: Aggregation;
  readonly valueProperty: string | null;
  readonly groupBy: readonly string[];
  readonly filter: readonly Condition[];
  readonly effectiveFrom: Date | null;
  readonly effectiveUntil: Date | null;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
}

/** Columns of a StoredMeter. */
export const METER_COLUMNS = `id, key, version, name, event_type AS "eventType", aggregation, value_property AS "valueProperty",
  group_by AS "groupBy", filter, effective_from AS "effectiveFrom", effective_until AS "effectiveUntil",
  created_at AS "createdAt", archived_at AS "archivedAt"`;

/** The log at this moment: under the exclusive catalogue lock no batch is on its way, so these rows are exact. */
export const LOG_NOW = `(SELECT jsonb_build_object('epoch', coalesce(max(epoch), 1),
  'offsets', coalesce(jsonb_object_agg(partition, next_offset::text), '{}')) FROM log_offsets)`;
