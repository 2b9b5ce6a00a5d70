import type { JWK } from 'jose';
import type { Transaction } from '#libs/database/transaction.ts';

/** Pairs that sign no more lose their private half; those that nothing needs any more go. */
export async function replaceSigningPair(
  tx: Transaction,
  at: Date,
  pair: {
    readonly id: string;
    readonly publicJwk: JWK;
    readonly privateJwk: JWK;
    readonly signsUntil: Date;
    readonly verifiesUntil: Date;
  },
): Promise<void> {
  await tx.query('DELETE FROM token_keys WHERE verifies_until <= $1', [at]);
  await tx.query('UPDATE token_keys SET private_jwk = NULL WHERE signs_until <= $1', [at]);
  await tx.query(
    'INSERT INTO token_keys (id, public_jwk, private_jwk, signs_until, verifies_until) VALUES ($1, $2, $3, $4, $5)',
    [pair.id, pair.publicJwk, pair.privateJwk, pair.signsUntil, pair.verifiesUntil],
  );
}
