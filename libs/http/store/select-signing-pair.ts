import type { JWK } from 'jose';
import type { Transaction } from '#libs/database/transaction.ts';

/** The pair that signs at that time; null: another one is needed. */
export async function selectSigningPair(
  tx: Transaction,
  at: Date,
): Promise<{ readonly id: string; readonly privateJwk: JWK } | null> {
  const { rows } = await tx.query<{ id: string; privateJwk: JWK }>(
    `SELECT id, private_jwk AS "privateJwk" FROM token_keys
      WHERE signs_until > $1 AND private_jwk IS NOT NULL ORDER BY signs_until DESC LIMIT 1`,
    [at],
  );
  return rows[0] ?? null;
}
