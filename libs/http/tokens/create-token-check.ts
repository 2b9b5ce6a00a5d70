import { errors, importJWK, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Pool } from '#libs/database/pool.ts';
import { createMemory } from '../create-memory.ts';
import { ApiError } from '../errors.ts';
import { findTokenGeneration } from '../store/find-token-generation.ts';
import { findTokenKey } from '../store/find-token-key.ts';
import { MAX_TOKEN_SECONDS, TOKEN_TERMS, type TokenCustomer } from './terms.ts';

/** What a token says, once it was believed. */
export interface BelievedToken {
  readonly organizationId: number;
  readonly customer: TokenCustomer;
}

const KEY_ID = /^[\w-]{43}$/;
const MAX_INTEGER = 2 ** 31 - 1;
const claimsSchema = z.object({
  organization: z.int().positive().max(MAX_INTEGER),
  customer: z.uuid(),
  generation: z.int().nonnegative(),
  sub: z.string().min(1),
});

/** Whether it looks like a token rather than a key. Keys begin with tb_, or are what a person chose. */
export const looksLikeToken = (presented: string): boolean => /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(presented);

/**
 * Checks tokens of customers: signature by a pair that still counts, algorithm, type, issuer, audience, times, and that it was not revoked. The
 * token names the pair and nothing else about how it is to be checked. @throws ApiError `unauthenticated`
 */
export function createTokenCheck(
  pool: Pick<Pool, 'query'>,
  now: () => number,
): (token: string) => Promise<BelievedToken> {
  const remember = createMemory({
    what: 'look up the key of a token',
    mayServe: (key: Awaited<ReturnType<typeof findTokenKey>>) => key !== null,
    now,
  });
  const rememberGeneration = createMemory({
    what: 'look up the customer of a token',
    mayServe: (generation: number | null) => generation !== null,
    now,
  });
  const keyOf = async ({ kid }: { kid?: string | undefined }) => {
    const key = kid !== undefined && KEY_ID.test(kid) ? await remember(kid, () => findTokenKey(pool, kid)) : null;
    if (!key || key.verifiesUntil <= now()) throw refused('was signed by a key that is not known, or no more');
    return importJWK(key.publicJwk, TOKEN_TERMS.algorithm);
  };
  return async (token) => {
    const payload = await verify(token, keyOf, now());
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw refused('does not say whose it is');
    const { organization, customer, generation, sub } = claims.data;
    const current = await rememberGeneration(`${organization} ${customer}`, () =>
      findTokenGeneration(pool, organization, customer),
    );
    // One that is ahead was signed after what is remembered was read.
    if (current === null || generation < current) throw refused('was revoked');
    return { organizationId: organization, customer: { id: customer, key: sub } };
  };
}

async function verify(
  token: string,
  keyOf: Parameters<typeof jwtVerify>[1] & ((...args: never[]) => unknown),
  now: number,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [TOKEN_TERMS.algorithm],
      typ: TOKEN_TERMS.type,
      issuer: TOKEN_TERMS.issuer,
      audience: TOKEN_TERMS.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      maxTokenAge: MAX_TOKEN_SECONDS,
      // A token may come from a process whose clock is ahead of this one's; that lengthens none.
      clockTolerance: 0,
      currentDate: new Date(now),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refused('has expired');
    if (error instanceof errors.JOSEError) throw refused('is not valid');
    throw error;
  }
}

const refused = (why: string): ApiError =>
  new ApiError('unauthenticated', `The customer token ${why}. Get another one: POST /v1/customers/{key}/tokens.`, {
    headers: { 'WWW-Authenticate': 'Bearer realm="tollbook", error="invalid_token"' },
  });
