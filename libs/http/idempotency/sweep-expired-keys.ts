import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { deleteExpiredKeys } from './store/delete-expired-keys.ts';

const AT_ONCE = 1000;

/** Removes the keys that have expired, in short transactions; answers how many. Several at once share the work. */
export async function sweepExpiredKeys(pool: Pool): Promise<number> {
  for (let removed = 0; ; ) {
    const now = await inTransaction(pool, (tx) => deleteExpiredKeys(tx, AT_ONCE));
    removed += now;
    if (now < AT_ONCE) return removed;
  }
}
