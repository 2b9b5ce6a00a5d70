import type { IncomingHttpHeaders } from 'node:http';
import type { Pool } from '#libs/database/pool.ts';
import { createMemory } from './create-memory.ts';
import { ApiError } from './errors.ts';
import { keyDigest, sameDigest } from './keys.ts';
import { allows, type Scope } from './scopes.ts';
import { findKey, type StoredKey } from './store/find-key.ts';

/** Who asks. Both null on routes of the operator and on public ones. */
export interface Caller {
  readonly organizationId: number | null;
  readonly keyId: string | null;
}

/** @throws ApiError `unauthenticated` or `insufficient_scope`. */
export type Authenticate = (headers: IncomingHttpHeaders, scope: Scope, route: string) => Promise<Caller>;

const NOBODY: Caller = { organizationId: null, keyId: null };
const MAX_KEY_LENGTH = 512;

/** Checks keys against the database; `pool` may have any role that may call find_api_key. */
export function createAuthenticator(options: {
  readonly pool: Pick<Pool, 'query'>;
  readonly now?: () => number;
}): Authenticate {
  // A revoked key is refused after a second at the latest. One that was unknown never serves because the database is away.
  const remember = createMemory({
    what: 'look up a key',
    mayServe: (key: StoredKey | null) => key !== null,
    ...(options.now && { now: options.now }),
  });
  return async (headers, scope, route) => {
    if (scope === 'public') return NOBODY;
    const presented = presentedKey(headers);
    if (presented === undefined) {
      throw unauthenticated('Send an API key as "Authorization: Bearer <key>" or "X-API-Key: <key>".');
    }
    const digest = keyDigest(presented);
    const key = await remember(digest.toString('base64'), () => findKey(options.pool, digest));
    if (!key || !sameDigest(key.digest, digest)) {
      throw unauthenticated('The API key is not known, or was revoked. Check that the whole key was sent.');
    }
    if (key.kind === 'operator') {
      if (scope === 'operator') return NOBODY;
      throw new ApiError(
        'insufficient_scope',
        `The operator key creates organizations and reads metrics; ${route} needs a key of an organization with the scope "${scope}".`,
      );
    }
    if (scope === 'operator') {
      throw new ApiError('insufficient_scope', `${route} needs the operator key of this installation.`);
    }
    if (!allows(key.scopes, scope)) {
      throw new ApiError(
        'insufficient_scope',
        `${route} needs the scope "${scope}"; this key has ${key.scopes.map((own) => `"${own}"`).join(', ')}.`,
      );
    }
    return { organizationId: key.organizationId, keyId: key.keyId };
  };
}

function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  const scheme = authorization === undefined ? undefined : /^bearer +/i.exec(authorization);
  // A key that a person chose may hold spaces, so all that follows the scheme is the key.
  const presented =
    authorization === undefined ? headers['x-api-key'] : scheme && authorization.slice(scheme[0].length);
  if (typeof presented !== 'string' || presented === '' || presented.length > MAX_KEY_LENGTH) return undefined;
  return presented;
}

const unauthenticated = (detail: string): ApiError =>
  new ApiError('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="tollbook"' } });
