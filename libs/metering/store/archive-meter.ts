import type { Transaction } from '#libs/database/transaction.ts';
import { LOG_NOW, METER_COLUMNS, type StoredMeter } from './meter-row.ts';

/** Ends all versions of a meter and returns the newest; archiving again changes nothing. Null when there is none. Under the exclusive catalogue lock. */
export async function archiveMeter(
  tx: Transaction,
  organizationId: number,
  key: string,
  at: Date,
): Promise<StoredMeter | null> {
  const { rows } = await tx.query<StoredMeter>(
    `WITH ended AS (
       UPDATE meters SET archived_at = COALESCE(archived_at, $3), ended_at_log = COALESCE(ended_at_log, ${LOG_NOW})
        WHERE organization_id = $1 AND key = $2 RETURNING *
     )
     SELECT ${METER_COLUMNS} FROM ended ORDER BY version DESC LIMIT 1`,
    [organizationId, key, at],
  );
  return rows[0] ?? null;
}
