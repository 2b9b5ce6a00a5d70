import { AREAS, type Area, type Need } from './areas.ts';
import type { KeyScope } from './scopes.ts';

/** `write` includes `read`; what is not named is closed. */
export type Grants = Readonly<Partial<Record<Area, Need['action']>>>;

export const ROLES = ['owner', 'admin', 'finance', 'developer', 'read_only'] as const;
/** What a person or program is to the organization. Stored in api_keys.role. */
export type Role = (typeof ROLES)[number];

const ALL: Grants = {
  ...(Object.fromEntries(Object.keys(AREAS).map((area) => [area, 'write'])) as Record<Area, 'write'>),
  audit: 'read',
};

const READ: Grants = {
  catalog: 'read',
  taxes: 'read',
  customers: 'read',
  subscriptions: 'read',
  usage: 'read',
  invoices: 'read',
  money: 'read',
  organization: 'read',
  operations: 'read',
};

/** Who may do what. `docs/access.md` shows these tables, authenticate.ts decides by them and services/api/access.test.ts tries them on every route. */
export const ROLE_GRANTS: Readonly<Record<Role, Grants>> = {
  // Whoever makes keys can give themselves everything, so only those do who have everything.
  owner: ALL,
  admin: { ...ALL, keys: 'read' },
  finance: { ...READ, taxes: 'write', customers: 'write', invoices: 'write', money: 'write', corrections: 'write' },
  developer: {
    ...READ,
    events: 'write',
    catalog: 'write',
    customers: 'write',
    subscriptions: 'write',
    usage: 'write',
    operations: 'write',
  },
  read_only: READ,
};

export const SCOPE_GRANTS: Readonly<Record<KeyScope, Grants>> = {
  ingest: { events: 'write' },
  read: READ,
  write: {
    ...READ,
    catalog: 'write',
    taxes: 'write',
    customers: 'write',
    subscriptions: 'write',
    usage: 'write',
    invoices: 'write',
    money: 'write',
  },
  admin: ALL,
};

/** What a key has: a role, or scopes. */
export interface Holder {
  readonly scopes: readonly KeyScope[];
  readonly role: Role | null;
}

/** The one place that decides whether a key opens a route. */
export function permits({ scopes, role }: Holder, { area, action }: Need): boolean {
  if (area === undefined) return false;
  const grants = [...scopes.map((scope) => SCOPE_GRANTS[scope]), ...(role ? [ROLE_GRANTS[role]] : [])];
  return grants.some((granted) => granted?.[area] === 'write' || (action === 'read' && granted?.[area] === 'read'));
}
