import type { Transaction } from '#libs/database/transaction.ts';

/** What a batch must know before it begins, held still until it commits. */
export interface CatalogState {
  readonly version: bigint;
  /** Generations of keys, the current one last. */
  readonly generations: readonly number[];
  /** Epoch milliseconds; null while no keys were dropped. See dedupe_floor. */
  readonly floor: number | null;
}

/** Holds the catalogue still until commit and tells its state. Whoever changes a meter or a generation takes the same lock exclusively. */
export async function lockCatalogShared(tx: Transaction): Promise<CatalogState> {
  // Two statements: a statement's snapshot is taken before it waits, so the version would be the one from before the change.
  await tx.query("SELECT pg_advisory_xact_lock_shared(hashtextextended('tollbook:catalog', 0))");
  const { rows } = await tx.query<{ version: string; generations: number[]; floor: string | null }>({
    name: 'catalog-state',
    text: `SELECT v.version, (extract(epoch FROM f.floor) * 1000)::bigint AS floor,
                  (SELECT array_agg(generation ORDER BY generation) FROM event_key_generations WHERE dropped_at IS NULL) AS generations
             FROM catalog_version v, dedupe_floor f`,
  });
  const row = rows[0] as { version: string; generations: number[]; floor: string | null };
  return {
    version: BigInt(row.version),
    generations: row.generations,
    floor: row.floor === null ? null : Number(row.floor),
  };
}
