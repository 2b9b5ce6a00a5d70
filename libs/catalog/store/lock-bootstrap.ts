import type { Transaction } from '#libs/database/transaction.ts';

/** Processes that start at once go one after the other. */
export async function lockBootstrap(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('tollbook:bootstrap', 0))`);
}
