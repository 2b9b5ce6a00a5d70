import type { Transaction } from '#libs/database/transaction.ts';

/** Tells every aggregator and ingest to read the meters again. Under the exclusive catalogue lock. */
export async function advanceCatalogVersion(tx: Transaction): Promise<void> {
  await tx.query('UPDATE catalog_version SET version = version + 1');
}
