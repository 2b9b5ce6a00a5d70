import type { Pool } from '#libs/database/pool.ts';

/**
 * Lets others come in between: `work` is done just before each transaction that is begun on this pool, and is told the how many-th it is.
 * Answers how to stop it.
 */
export function meanwhile(pool: Pool, work: (transaction: number) => Promise<unknown>): () => void {
  const connect = pool.connect.bind(pool) as (...callback: unknown[]) => Promise<unknown>;
  let transactions = 0;
  pool.connect = (async (...callback: unknown[]) => {
    // With a callback: a single statement of pool.query.
    if (callback.length === 0) await work(++transactions);
    return connect(...callback);
  }) as Pool['connect'];
  return () => {
    pool.connect = connect as Pool['connect'];
  };
}
