import type pg from 'pg';
import type { Pool } from './pool.ts';

export type Isolation = 'READ COMMITTED' | 'REPEATABLE READ' | 'REPEATABLE READ READ ONLY';

/** A transaction and its connection, which goes back to the pool with either end. */
export interface OpenTransaction {
  readonly client: pg.PoolClient;
  /** Throws when it cannot be committed; then it is to be rolled back. */
  commit(): Promise<void>;
  /** `cause`: the error for which. Never throws; does nothing after an end. */
  rollback(cause: unknown): Promise<void>;
}

export async function openTransaction(pool: Pool, isolation: Isolation): Promise<OpenTransaction> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection cut in mid transaction would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  let isOver = false;
  const release = () => {
    isOver = true;
    client.off('error', onError);
    client.release(broken);
  };
  const opened: OpenTransaction = {
    client,
    async commit() {
      const { command } = await client.query('COMMIT');
      // After a statement failed and its error was swallowed, COMMIT answers ROLLBACK without an error.
      if (command !== 'COMMIT')
        throw new Error(
          'the transaction was rolled back: a statement in it had failed and its error was not passed on',
        );
      release();
    },
    async rollback(cause) {
      if (isOver) return;
      // A server that does not answer would not answer ROLLBACK either; the connection is given up.
      if (isClientTimeout(cause)) broken = cause;
      if (!broken)
        await client.query('ROLLBACK').catch((error: Error) => {
          broken ??= error;
        });
      release();
    },
  };
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
  } catch (error) {
    await opened.rollback(error);
    throw error;
  }
  return opened;
}

/** pg's own time limit fired: the statement may still be running on a server that hangs. */
export function isClientTimeout(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}
