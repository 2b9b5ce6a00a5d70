import type { Transaction } from '#libs/database/transaction.ts';
import type { MeterBalance } from '../reconcile/unexplained.ts';

/** Events of each meter by its hours and by its counts. One statement, one snapshot. Null: of all organizations that the role sees. */
export async function selectMeterBalances(tx: Transaction, organizationId: number | null): Promise<MeterBalance[]> {
  const { rows } = await tx.query<Row>(
    `SELECT m.organization_id, m.id, m.key, m.version, coalesce(h.events, 0) AS hourly, coalesce(c.events, 0) AS counted,
            (SELECT count(*) FROM unread_events u WHERE u.organization_id = m.organization_id AND u.meter_id = m.id) AS unread
       FROM meters m
       LEFT JOIN (SELECT organization_id, meter_id, sum(event_count) AS events FROM usage_hourly
                   WHERE $1::integer IS NULL OR organization_id = $1 GROUP BY 1, 2) h
              ON h.organization_id = m.organization_id AND h.meter_id = m.id
       LEFT JOIN (SELECT organization_id, meter_id, sum(event_count) AS events FROM meter_counts
                   WHERE $1::integer IS NULL OR organization_id = $1 GROUP BY 1, 2) c
              ON c.organization_id = m.organization_id AND c.meter_id = m.id
      WHERE $1::integer IS NULL OR m.organization_id = $1
      ORDER BY m.key, m.version`,
    [organizationId],
  );
  return rows.map((row) => ({
    organizationId: row.organization_id,
    meterId: row.id,
    key: row.key,
    version: row.version,
    hourly: BigInt(row.hourly),
    counted: BigInt(row.counted),
    unread: BigInt(row.unread),
  }));
}

interface Row {
  readonly organization_id: number;
  readonly id: number;
  readonly key: string;
  readonly version: number;
  readonly hourly: string;
  readonly counted: string;
  readonly unread: string;
}
