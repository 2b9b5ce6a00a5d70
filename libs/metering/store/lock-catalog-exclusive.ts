import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Waits until no batch is being counted and lets none begin before commit. Every other use of the catalogue waits behind this, so
 * it gives up after 2 s (SQLSTATE 55P03); try again after a pause.
 */
export async function lockCatalogExclusive(tx: Transaction): Promise<void> {
  await tx.query("SET LOCAL lock_timeout = '2s'");
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('tollbook:catalog', 0))`);
}
