import type pg from 'pg';
import { actingNow, actingSetting } from './acting.ts';
import type { Pool } from './pool.ts';

/** A connection inside a transaction. SQL functions take this, never a pool: the caller owns the transaction. */
export type Transaction = Pick<pg.PoolClient, 'query'>;

export type Isolation = 'READ COMMITTED' | 'REPEATABLE READ' | 'REPEATABLE READ READ ONLY';

/**
 * Runs `work` in one transaction and commits it. Any error rolls back and is thrown on.
 * If the connection dies on COMMIT the outcome is unknown to the caller: retry only what is idempotent.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
  isolation: Isolation = 'READ COMMITTED',
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection cut in mid transaction would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    const result = await work(client);
    const { command } = await client.query('COMMIT');
    // After a statement failed and its error was swallowed, COMMIT answers ROLLBACK without an error.
    if (command !== 'COMMIT')
      throw new Error('the transaction was rolled back: a statement in it had failed and its error was not passed on');
    return result;
  } catch (error) {
    // A server that does not answer would not answer ROLLBACK either; the connection is given up.
    if (isClientTimeout(error)) broken = error;
    if (broken) throw error;
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken ??= rollbackError;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** pg's own time limit fired: the statement may still be running on a server that hangs. */
function isClientTimeout(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
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
