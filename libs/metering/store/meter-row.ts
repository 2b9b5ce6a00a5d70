/** A meter as it is managed, archived ones included. */
export interface StoredMeter {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly eventType: string;
  readonly aggregation: 'count' | 'sum';
  readonly valueProperty: string | null;
  readonly groupBy: readonly string[];
  readonly effectiveFrom: Date | null;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
}

/** Columns of a StoredMeter. */
export const METER_COLUMNS = `id, key, name, event_type AS "eventType", aggregation, value_property AS "valueProperty",
  group_by AS "groupBy", effective_from AS "effectiveFrom", created_at AS "createdAt", archived_at AS "archivedAt"`;
