import type { Transaction } from '#libs/database/transaction.ts';

/** Where a backfill stands, in the order in which it reads raw events. */
export interface BackfillCursor {
  /** Day of arrival, YYYY-MM-DD. */
  readonly day: string;
  readonly epoch: number;
  readonly partition: number;
  readonly offset: bigint;
}

export interface OpenBackfill {
  readonly organizationId: number;
  readonly meterId: number;
  /** Null before the first chunk. */
  readonly cursor: BackfillCursor | null;
}

/**
 * Takes an unfinished backfill until commit, any of them, so that one that fails holds up no other; waits for corrections that hold it shared. Null when there is none, or when another
 * process works on backfills.
 */
export async function lockOpenBackfill(tx: Transaction): Promise<OpenBackfill | null> {
  const turn = await tx.query<{ ours: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('tollbook:backfill', 0)) AS ours",
  );
  if (!turn.rows[0]?.ours) return null;
  const { rows } = await tx.query<OpenRow>(
    `SELECT organization_id, meter_id, cursor_day::text, cursor_epoch, cursor_partition, cursor_offset
       FROM meter_backfills WHERE finished_at IS NULL ORDER BY random() LIMIT 1 FOR UPDATE`,
  );
  const row = rows[0];
  if (!row) return null;
  const cursor =
    row.cursor_day === null
      ? null
      : {
          day: row.cursor_day,
          epoch: row.cursor_epoch as number,
          partition: row.cursor_partition as number,
          offset: BigInt(row.cursor_offset as string),
        };
  return { organizationId: row.organization_id, meterId: row.meter_id, cursor };
}

interface OpenRow {
  readonly organization_id: number;
  readonly meter_id: number;
  readonly cursor_day: string | null;
  readonly cursor_epoch: number | null;
  readonly cursor_partition: number | null;
  readonly cursor_offset: string | null;
}
