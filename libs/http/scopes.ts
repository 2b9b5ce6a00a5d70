/** What a key may be allowed. Stored in api_keys.scopes. */
export const KEY_SCOPES = ['ingest', 'read', 'write', 'admin'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Whom a route serves: keys with a scope, the operator of the installation, or everyone. */
export type Scope = KeyScope | 'operator' | 'public';

const IMPLIED: Readonly<Record<KeyScope, readonly KeyScope[]>> = {
  ingest: ['ingest'],
  read: ['read'],
  write: ['write', 'read'],
  admin: ['admin', 'write', 'read', 'ingest'],
};

/** Whether a key with these scopes may do what `wanted` asks. */
export const allows = (scopes: readonly KeyScope[], wanted: KeyScope): boolean =>
  scopes.some((scope) => IMPLIED[scope]?.includes(wanted));
