import type pg from 'pg';
import { actingNow, actingSetting } from './acting.ts';
import { type Isolation, openTransaction } from './open-transaction.ts';
import type { Pool } from './pool.ts';
import { placeToJoin } from './shared-transaction.ts';

/** A connection inside a transaction. SQL functions take this, never a pool: the caller owns the transaction. */
export type Transaction = Pick<pg.PoolClient, 'query'>;

export type { Isolation };

/**
 * Runs `work` in one transaction and commits it. Any error rolls back and is thrown on. Inside of inSharedTransaction it is part of
 * that one's commit.
 * If the connection dies on COMMIT the outcome is unknown to the caller: retry only what is idempotent.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
  isolation: Isolation = 'READ COMMITTED',
): Promise<T> {
  const join = placeToJoin(pool, isolation !== 'READ COMMITTED');
  if (join) return join(work);
  const opened = await openTransaction(pool, isolation);
  try {
    const result = await work(opened.client);
    await opened.commit();
    return result;
  } catch (error) {
    await opened.rollback(error);
    throw error;
  }
}

/**
 * A transaction that sees and writes one organization only, whatever its SQL says (row-level security), in the name of the request that runs it
 * (acting.ts).
 */
export function inOrganization<T>(
  pool: Pool,
  organizationId: number,
  work: (tx: pg.PoolClient) => Promise<T>,
  isolation: Isolation = 'READ COMMITTED',
): Promise<T> {
  return inTransaction(
    pool,
    async (tx) => {
      await tx.query(
        "SELECT set_config('tollbook.organization_id', $1, true), set_config('tollbook.request', $2, true)",
        [String(organizationId), actingSetting()],
      );
      const result = await work(tx);
      const acting = actingNow();
      if (acting && !acting.isAudited) acting.isAudited = await isAudited(tx);
      return result;
    },
    isolation,
  );
}

async function isAudited(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.query<{ audited: string | null }>(
    "SELECT current_setting('tollbook.audited', true) AS audited",
  );
  return rows[0]?.audited === 'true';
}
