/** What a key may be allowed. Stored in api_keys.scopes; what each opens is in roles.ts. */
export const KEY_SCOPES = ['ingest', 'read', 'write', 'admin'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Whom a route serves: keys (with the least scope that opens it), the operator of the installation, or everyone. */
export type Scope = KeyScope | 'operator' | 'public';
