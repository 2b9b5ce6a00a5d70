import type { Transaction } from '#libs/database/transaction.ts';
import type { GenerationState } from '../generations/plan-generations.ts';

/** Header and columns of a key without its index entries, and the pointer to it. */
const BYTES_PER_KEY = 76;

/** The generations of keys that are there, and what decides about them. */
export async function selectGenerations(tx: Transaction): Promise<GenerationState> {
  const { rows } = await tx.query<Row>(
    `SELECT generation, (extract(epoch FROM opened_at) * 1000)::bigint AS opened_at, (extract(epoch FROM sealed_at) * 1000)::bigint AS sealed_at,
            CASE WHEN sealed_at IS NULL THEN pg_relation_size(('event_keys_g' || generation)::regclass) END AS bytes,
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
            (SELECT coalesce(max(event_max_age_days), 0) FROM organizations) AS age
       FROM event_key_generations WHERE dropped_at IS NULL ORDER BY generation`,
  );
  const current = rows.find((row) => row.sealed_at === null);
  return {
    now: Number(rows[0]?.now ?? 0),
    generations: rows.map((row) => ({
      generation: row.generation,
      openedAt: Number(row.opened_at),
      sealedAt: row.sealed_at === null ? null : Number(row.sealed_at),
    })),
    currentKeys: Math.floor(Number(current?.bytes ?? 0) / BYTES_PER_KEY),
    largestMaxAgeDays: rows[0]?.age ?? 0,
  };
}

interface Row {
  readonly generation: number;
  readonly opened_at: string;
  readonly sealed_at: string | null;
  readonly bytes: string | null;
  readonly now: string;
  readonly age: number;
}
