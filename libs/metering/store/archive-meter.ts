import type { Transaction } from '#libs/database/transaction.ts';
import { METER_COLUMNS, type StoredMeter } from './meter-row.ts';

/** Ends a meter; archiving again changes nothing. Null when there is none. Under the exclusive catalogue lock. */
export async function archiveMeter(
  tx: Transaction,
  organizationId: number,
  key: string,
  at: Date,
): Promise<StoredMeter | null> {
  const { rows } = await tx.query<StoredMeter>(
    `UPDATE meters SET archived_at = COALESCE(archived_at, $3) WHERE organization_id = $1 AND key = $2 RETURNING ${METER_COLUMNS}`,
    [organizationId, key, at],
  );
  return rows[0] ?? null;
}
