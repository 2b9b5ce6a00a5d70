import type { JWK } from 'jose';
import type { Pool } from '#libs/database/pool.ts';

/** The public half of a pair and until when it counts. One statement, so on a pool. */
export async function findTokenKey(
  pool: Pick<Pool, 'query'>,
  id: string,
): Promise<{ readonly publicJwk: JWK; readonly verifiesUntil: number } | null> {
  const { rows } = await pool.query<{ public_jwk: JWK; verifies_until: Date }>(
    'SELECT public_jwk, verifies_until FROM find_token_key($1)',
    [id],
  );
  const row = rows[0];
  return row ? { publicJwk: row.public_jwk, verifiesUntil: row.verifies_until.getTime() } : null;
}
