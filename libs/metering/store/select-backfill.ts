import type { Transaction } from '#libs/database/transaction.ts';

/** How far the counting of older events has come. */
export interface Backfill {
  readonly requestedAt: Date;
  readonly finishedAt: Date | null;
  /** Raw events of the organization that were looked at, of about `rowsTotal`. */
  readonly rowsSeen: string;
  readonly rowsTotal: string;
  readonly eventsCounted: string;
}

export async function selectBackfill(
  tx: Transaction,
  organizationId: number,
  meterId: number,
): Promise<Backfill | null> {
  const { rows } = await tx.query<Backfill>(
    `SELECT requested_at AS "requestedAt", finished_at AS "finishedAt", rows_seen AS "rowsSeen", rows_total AS "rowsTotal",
            events_counted AS "eventsCounted"
       FROM meter_backfills WHERE organization_id = $1 AND meter_id = $2`,
    [organizationId, meterId],
  );
  return rows[0] ?? null;
}
