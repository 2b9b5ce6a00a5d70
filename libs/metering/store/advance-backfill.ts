import type { Transaction } from '#libs/database/transaction.ts';
import type { BackfillCursor, OpenBackfill } from './lock-open-backfill.ts';

/** Moves a locked backfill on. No cursor: it is finished. */
export async function advanceBackfill(
  tx: Transaction,
  { organizationId, meterId }: OpenBackfill,
  cursor: BackfillCursor | null,
  seen: number,
  counted: number,
): Promise<void> {
  await tx.query(
    `UPDATE meter_backfills
        SET cursor_day = coalesce($3, cursor_day), cursor_epoch = coalesce($4, cursor_epoch), cursor_partition = coalesce($5, cursor_partition),
            cursor_offset = coalesce($6, cursor_offset), rows_seen = rows_seen + $7, events_counted = events_counted + $8,
            finished_at = CASE WHEN $3::date IS NULL THEN now() END
      WHERE organization_id = $1 AND meter_id = $2`,
    [
      organizationId,
      meterId,
      cursor?.day ?? null,
      cursor?.epoch ?? null,
      cursor?.partition ?? null,
      cursor?.offset.toString() ?? null,
      seen,
      counted,
    ],
  );
}
