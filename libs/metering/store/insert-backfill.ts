import type { Transaction } from '#libs/database/transaction.ts';

/** Queues a backfill with an estimate of what lies before it: the events that arrived so far. One per meter. */
export async function insertBackfill(tx: Transaction, organizationId: number, meterId: number): Promise<void> {
  await tx.query(
    `INSERT INTO meter_backfills (organization_id, meter_id, rows_total)
     SELECT $1, $2, coalesce(sum(records), 0) FROM record_counts WHERE organization_id = $1 AND outcome IN ('counted', 'unassigned')
     ON CONFLICT (organization_id, meter_id) DO NOTHING`,
    [organizationId, meterId],
  );
}
