import type { JWK } from 'jose';
import type { Pool } from '#libs/database/pool.ts';

/** Public halves of all pairs that count at that time. */
export async function listTokenKeys(pool: Pick<Pool, 'query'>, at: Date): Promise<(JWK & { readonly kid: string })[]> {
  const { rows } = await pool.query<{ id: string; public_jwk: JWK }>(
    'SELECT id, public_jwk FROM token_keys WHERE verifies_until > $1 ORDER BY verifies_until DESC',
    [at],
  );
  return rows.map(({ id, public_jwk: jwk }) => ({ ...jwk, kid: id }));
}
