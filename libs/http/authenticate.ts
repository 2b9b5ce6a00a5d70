import type { IncomingHttpHeaders } from 'node:http';
import type { Pool } from '#libs/database/pool.ts';
import { needOf } from './areas.ts';
import { createMemory } from './create-memory.ts';
import { ApiError } from './errors.ts';
import { keyDigest, sameDigest } from './keys.ts';
import { permits } from './roles.ts';
import type { Route } from './route.ts';
import { findClockOffset } from './store/find-clock-offset.ts';
import { findKey, type StoredKey } from './store/find-key.ts';
import { createTokenCheck, looksLikeToken } from './tokens/create-token-check.ts';
import type { TokenCustomer } from './tokens/terms.ts';

/** Who asks. Both null on routes of the operator and on public ones. */
export interface Caller {
  readonly organizationId: number | null;
  readonly keyId: string | null;
  /** Milliseconds by which the clock of the organization is ahead of the real time; 0 but for test organizations. As known a second ago at most. */
  readonly clockOffset: number;
  /** Of a customer token: the only one whose things may be shown. */
  readonly customer?: TokenCustomer;
}

/** @throws ApiError `unauthenticated` or `insufficient_scope`. */
export type Authenticate = (headers: IncomingHttpHeaders, route: AskedRoute) => Promise<Caller>;

/** What of a route decides who may call it. */
export type AskedRoute = Pick<Route, 'method' | 'path' | 'scope' | 'area' | 'forCustomer'>;

export interface AuthenticatorOptions {
  /** Of any role that may call find_api_key. */
  readonly pool: Pick<Pool, 'query'>;
  /** Told of each key that was let in; must not wait. */
  readonly onUse?: (organizationId: number, keyId: string, at: number) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const NOBODY: Caller = { organizationId: null, keyId: null, clockOffset: 0 };
const MAX_KEY_LENGTH = 512;
const MAX_TOKEN_LENGTH = 4096;

/** Checks keys against the database, and tokens of customers. */
export function createAuthenticator({ pool, onUse, now = Date.now }: AuthenticatorOptions): Authenticate {
  // A revoked key is refused after a second at the latest. One that was unknown never serves because the database is away.
  const remember = createMemory({
    what: 'look up a key',
    mayServe: (key: StoredKey | null) => key !== null,
    now,
  });
  const believe = createTokenCheck(pool, now);
  const rememberOffset = createMemory<number>({ what: 'look up the clock of an organization', now });
  const offsetOf = (organizationId: number) =>
    rememberOffset(organizationId, () => findClockOffset(pool, organizationId));
  return async (headers, route) => {
    if (route.scope === 'public') return NOBODY;
    const presented = presentedKey(headers);
    if (presented === undefined) {
      throw unauthenticated('Send an API key as "Authorization: Bearer <key>" or "X-API-Key: <key>".');
    }
    if (looksLikeToken(presented)) {
      const token = await believe(presented);
      letTokenIn(route);
      return { ...token, keyId: null, clockOffset: await offsetOf(token.organizationId) };
    }
    const digest = keyDigest(presented);
    const key = await remember(digest.toString('base64'), () => findKey(pool, digest));
    if (!key || !sameDigest(key.digest, digest)) {
      throw unauthenticated('The API key is not known, or was revoked. Check that the whole key was sent.');
    }
    // By the clock, not by what is remembered: while Postgres is away a key expires too.
    if (key.kind === 'organization' && key.expiresAt !== null && key.expiresAt <= now()) {
      throw unauthenticated(`The API key expired at ${new Date(key.expiresAt).toISOString()}.`);
    }
    if (key.kind === 'operator') {
      letOperatorIn(route);
      return NOBODY;
    }
    letKeyIn(key, route);
    onUse?.(key.organizationId, key.keyId, now());
    const { organizationId, keyId, clockOffset } = key;
    return { organizationId, keyId, clockOffset };
  };
}

function letOperatorIn({ method, path, scope }: AskedRoute): void {
  if (scope === 'operator') return;
  throw new ApiError(
    'insufficient_scope',
    `The operator key creates organizations and reads metrics; ${method} ${path} needs a key of an organization with the scope "${scope}".`,
  );
}

function letTokenIn({ method, path, forCustomer }: AskedRoute): void {
  if (forCustomer) return;
  throw new ApiError('insufficient_scope', `A customer token reads what is the customer's; ${method} ${path} is not.`);
}

function letKeyIn(key: StoredKey & { readonly kind: 'organization' }, route: AskedRoute): void {
  const name = `${route.method} ${route.path}`;
  if (route.scope === 'operator') {
    throw new ApiError('insufficient_scope', `${name} needs the operator key of this installation.`);
  }
  if (permits(key, needOf(route))) return;
  const has = key.role ? `the role "${key.role}"` : key.scopes.map((own) => `"${own}"`).join(', ');
  throw new ApiError('insufficient_scope', `${name} needs the scope "${route.scope}"; this key has ${has}.`);
}

function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  const scheme = authorization === undefined ? undefined : /^bearer +/i.exec(authorization);
  // A key that a person chose may hold spaces, so all that follows the scheme is the key.
  const presented =
    authorization === undefined ? headers['x-api-key'] : scheme && authorization.slice(scheme[0].length);
  if (typeof presented !== 'string' || presented === '') return undefined;
  return presented.length > (looksLikeToken(presented) ? MAX_TOKEN_LENGTH : MAX_KEY_LENGTH) ? undefined : presented;
}

const unauthenticated = (detail: string): ApiError =>
  new ApiError('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="tollbook"' } });
