import type { Transaction } from '#libs/database/transaction.ts';
import type { Barrier } from './billing-run-row.ts';

/** Notes the barrier, once per epoch of the log, and answers the one that stands. */
export async function updateRunBarrier(
  tx: Transaction,
  organizationId: number,
  id: string,
  barrier: Barrier,
): Promise<Barrier> {
  const { rows } = await tx.query<{ barrier: Barrier }>(
    `UPDATE billing_runs
        SET barrier = CASE WHEN coalesce((barrier ->> 'epoch')::integer, 0) < $4 THEN $3::jsonb ELSE barrier END
      WHERE organization_id = $1 AND id = $2
      RETURNING barrier`,
    [organizationId, id, JSON.stringify(barrier), barrier.epoch],
  );
  return rows[0]?.barrier ?? barrier;
}
