import type { Transaction } from '#libs/database/transaction.ts';

/** Holds the catalogue still until commit and tells its version. Whoever changes a meter takes the same lock exclusively. */
export async function lockCatalogShared(tx: Transaction): Promise<bigint> {
  const { rows } = await tx.query<{ version: string }>(
    `SELECT version FROM catalog_version, pg_advisory_xact_lock_shared(hashtextextended('tollbook:catalog', 0))`,
  );
  return BigInt((rows[0] as { version: string }).version);
}
