import type { Pool } from '#libs/database/pool.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { within } from '../deliver.ts';

/**
 * Runs single statements on a connection and gives up after `timeoutMs`. The connection is thrown away after any failure: one with an
 * unanswered statement on it (frozen server, cut network) must not be used by anybody else, nor stay in the pool's count.
 */
export async function withConnection<T>(
  pool: Pool,
  timeoutMs: number,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection that breaks in mid statement would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    return await within(work(client), timeoutMs, 'Postgres does not answer');
  } catch (error) {
    broken ??= error as Error;
    throw error;
  } finally {
    // A connection that is thrown away may still break later.
    if (!broken) client.off('error', onError);
    client.release(broken);
  }
}
