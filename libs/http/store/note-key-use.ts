import type { Pool } from '#libs/database/pool.ts';

/** When a key was used last. */
export interface KeyUse {
  readonly organizationId: number;
  readonly keyId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Keys of all organizations at once; a time that is known to be earlier than the stored one changes nothing. One statement, so on a pool. */
export async function noteKeyUse(pool: Pick<Pool, 'query'>, uses: readonly KeyUse[]): Promise<void> {
  if (uses.length === 0) return;
  await pool.query('SELECT note_key_use($1::integer[], $2::uuid[], $3::timestamptz[])', [
    uses.map(({ organizationId }) => organizationId),
    uses.map(({ keyId }) => keyId),
    uses.map(({ at }) => new Date(at)),
  ]);
}
