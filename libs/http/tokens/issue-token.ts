import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { lockTokenKeys } from '../store/lock-token-keys.ts';
import { replaceSigningPair } from '../store/replace-signing-pair.ts';
import { selectSigningPair } from '../store/select-signing-pair.ts';
import { OVERLAP_MS, SIGNS_MS, TOKEN_TERMS, type TokenCustomer } from './terms.ts';

/** A token by which one customer reads what is theirs, for `seconds` from `now` (epoch milliseconds) on. */
export async function issueToken(
  pool: Pool,
  {
    organizationId,
    customer,
    generation,
    seconds,
    now,
    id,
  }: {
    readonly organizationId: number;
    readonly customer: TokenCustomer;
    /** Of the customer, read before. */
    readonly generation: number;
    readonly seconds: number;
    readonly now: number;
    readonly id: string;
  },
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const pair = await signingPair(pool, new Date(now));
  const issuedAt = Math.floor(now / 1000);
  const token = await new SignJWT({ organization: organizationId, customer: customer.id, generation })
    .setProtectedHeader({ alg: TOKEN_TERMS.algorithm, typ: TOKEN_TERMS.type, kid: pair.id })
    .setIssuer(TOKEN_TERMS.issuer)
    .setAudience(TOKEN_TERMS.audience)
    .setSubject(customer.key)
    .setJti(id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + seconds)
    .sign(await importJWK(pair.privateJwk, TOKEN_TERMS.algorithm));
  return { token, expiresAt: new Date((issuedAt + seconds) * 1000) };
}

async function signingPair(pool: Pool, at: Date): Promise<{ readonly id: string; readonly privateJwk: JWK }> {
  const known = await inTransaction(pool, (tx) => selectSigningPair(tx, at));
  if (known) return known;
  const pair = await newPair();
  return inTransaction(pool, async (tx) => {
    await lockTokenKeys(tx);
    const others = await selectSigningPair(tx, at);
    if (others) return others;
    await replaceSigningPair(tx, at, {
      ...pair,
      signsUntil: new Date(at.getTime() + SIGNS_MS),
      verifiesUntil: new Date(at.getTime() + SIGNS_MS + OVERLAP_MS),
    });
    return pair;
  });
}

async function newPair(): Promise<{ readonly id: string; readonly publicJwk: JWK; readonly privateJwk: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair(TOKEN_TERMS.algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), alg: TOKEN_TERMS.algorithm, use: 'sig' };
  return { id: await calculateJwkThumbprint(publicJwk), publicJwk, privateJwk: await exportJWK(privateKey) };
}
