import type { Transaction } from '#libs/database/transaction.ts';

/** Holds the catalogue still until commit and tells its version. Whoever changes a meter takes the same lock exclusively. */
export async function lockCatalogShared(tx: Transaction): Promise<bigint> {
  // Two statements: a statement's snapshot is taken before it waits, so the version would be the one from before the change.
  await tx.query("SELECT pg_advisory_xact_lock_shared(hashtextextended('tollbook:catalog', 0))");
  const { rows } = await tx.query<{ version: string }>('SELECT version FROM catalog_version');
  return BigInt((rows[0] as { version: string }).version);
}
