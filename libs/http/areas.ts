import type { Route } from './route.ts';

/** What routes are about, for roles. `docs/access.md` is compared with this. */
export const AREAS = {
  events: 'sending and correcting events',
  catalog: 'meters, plans and coupons',
  taxes: 'tax rates and exchange rates',
  customers: 'customers and their tokens',
  subscriptions: 'subscriptions, discounts of customers, migrations of plans',
  usage: 'usage, stored events and dead letters',
  invoices: 'drafts, documents, billing runs, exports, quotes',
  money: 'payments and balances',
  corrections: 'regenerating documents and rating again',
  organization: 'settings of the organization, erasure of customers',
  operations: 'changes, reconciliation, caches, test clocks',
  keys: 'API keys',
  audit: 'the audit log',
} as const;

export type Area = keyof typeof AREAS;

/** The longest beginning of a route's path decides, unless the route names its area itself. */
export const AREA_OF_PATH: Readonly<Record<string, Area>> = {
  '/v1/meters': 'catalog',
  '/v1/plans': 'catalog',
  '/v1/coupons': 'catalog',
  '/v1/tax-rates': 'taxes',
  '/v1/exchange-rates': 'taxes',
  '/v1/customers': 'customers',
  '/v1/subscriptions': 'subscriptions',
  '/v1/customers/{key}/discounts': 'subscriptions',
  '/v1/plans/{key}/migrations': 'subscriptions',
  '/v1/usage': 'usage',
  '/v1/events': 'usage',
  '/v1/dead-letters': 'usage',
  '/v1/invoices': 'invoices',
  '/v1/invoice-drafts': 'invoices',
  '/v1/credit-notes': 'invoices',
  '/v1/billing-runs': 'invoices',
  '/v1/chain-heads': 'invoices',
  '/v1/exports': 'invoices',
  '/v1/quotes': 'invoices',
  '/v1/customers/{key}/invoice-preview': 'invoices',
  '/v1/payments': 'money',
  '/v1/customers/{key}/balances': 'money',
  '/v1/customers/{key}/balance-adjustments': 'money',
  '/v1/customers/{key}/balance-transactions': 'money',
  '/v1/admin': 'corrections',
  '/v1/organization': 'organization',
  '/v1/changes': 'operations',
  '/v1/reconciliation': 'operations',
  '/v1/cache': 'operations',
  '/v1/test-clock': 'operations',
  '/v1/api-keys': 'keys',
  '/v1/audit-log': 'audit',
  '/api/v1/tenants': 'customers',
  '/api/v1/usage': 'usage',
  '/api/v1/billing': 'invoices',
  '/aggregates': 'usage',
  '/agreggates': 'usage',
};

export interface Need {
  /** Undefined: nobody has thought of it yet, so no key opens it. */
  readonly area: Area | undefined;
  readonly action: 'read' | 'write';
}

/** What a key must be allowed for a route. */
export function needOf({ method, path, scope, area }: Pick<Route, 'method' | 'path' | 'scope' | 'area'>): Need {
  // A POST that only calculates reads.
  const action = method === 'GET' || scope === 'read' ? 'read' : 'write';
  return { area: area ?? (scope === 'ingest' ? 'events' : areaOfPath(path)), action };
}

function areaOfPath(path: string): Area | undefined {
  const parts = path.split('/');
  for (let length = parts.length; length > 1; length--) {
    const area = AREA_OF_PATH[parts.slice(0, length).join('/')];
    if (area) return area;
  }
  return undefined;
}
