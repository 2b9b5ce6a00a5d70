import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { PartitionBounds } from '#libs/event-log/event-log.ts';
import { insertLogEpochs } from '../store/insert-log-epochs.ts';
import { lockCatalogExclusive } from '../store/lock-catalog-exclusive.ts';
import { selectLogPositions } from '../store/select-log-positions.ts';
import { upsertLogPositions } from '../store/upsert-log-positions.ts';
import { type EpochChoice, type PlannedPosition, planEpoch } from './plan-epoch.ts';

/**
 * An operator's word that the log is another one from here on. Notes how far the old epoch came and moves every partition to the new one, in one
 * transaction under the exclusive catalogue lock: no batch is on its way that still believes in the old one. What was counted stays
 * counted; records that are read again meet their keys. `pool`: of the owner. `bounds`: of the log as it is now.
 * @throws RangeError where the choice cannot be (see planEpoch); SQLSTATE 55P03 when the lock is not had within 2 s.
 */
export async function startEpoch(
  pool: Pool,
  bounds: readonly PartitionBounds[],
  choice: EpochChoice & { readonly reason: string },
): Promise<PlannedPosition[]> {
  return inTransaction(pool, async (tx) => {
    await lockCatalogExclusive(tx);
    const plan = planEpoch(await selectLogPositions(tx), bounds, choice);
    await insertLogEpochs(tx, choice.reason);
    await upsertLogPositions(tx, plan);
    return plan;
  });
}
