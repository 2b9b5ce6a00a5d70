import type { Transaction } from '#libs/database/transaction.ts';
import type { HourlyRow } from './upsert-hourly.ts';

/** The rows of one hour (epoch milliseconds) that can have a live view: ungrouped counts and sums of no subscription. */
export async function selectLiveHours(tx: Transaction, organizationId: number, hour: number): Promise<HourlyRow[]> {
  const { rows } = await tx.query<Row>(
    `SELECT meter_id, customer, event_count, total, version FROM usage_hourly u
      WHERE organization_id = $1 AND meter_id IN (SELECT id FROM meters WHERE organization_id = $1 AND group_by = '{}' AND aggregation IN ('count', 'sum'))
        AND hour = $2 AND subscription = '' AND group_key = ''`,
    [organizationId, new Date(hour)],
  );
  return rows.map((row) => ({
    organizationId,
    meterId: row.meter_id,
    customer: row.customer,
    hour,
    subscription: '',
    groupKey: '',
    eventCount: row.event_count,
    total: row.total,
    version: BigInt(row.version),
  }));
}

interface Row {
  readonly meter_id: number;
  readonly customer: string;
  readonly event_count: string;
  readonly total: string;
  readonly version: string;
}
