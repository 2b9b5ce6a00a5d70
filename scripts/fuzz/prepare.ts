import { type Api, createApi } from '#scripts/demo/api.ts';

/** An organization with something of each kind, billed for last month. */
export interface Prepared {
  readonly organizationId: number;
  readonly adminKey: string;
  readonly keyId: string;
  /** Bodies that were taken, by path. */
  readonly examples: Readonly<Record<string, readonly unknown[]>>;
}

const DAY_MS = 86_400_000;
/** More than are thrown away. */
const DRAFTS = 60;
const NAMES = ['acme', 'globex', 'initech'];

export async function prepare(url: string, operatorKey: string, mode: 'live' | 'test'): Promise<Prepared> {
  const operator = createApi(url, operatorKey);
  const seller = { name: 'Fuzz GmbH', address_lines: ['Street 1'] };
  const made = { event_max_age_days: 90, grace_minutes: 0, seller, currency: 'EUR' };
  const { id, admin_key } = await operator.post<{ id: number; admin_key: string }>('/v1/organizations', {
    name: 'Fuzz',
    mode,
    ...made,
  });
  for (const number of [1, 2, 3]) await operator.post('/v1/organizations', { name: `Test ${number}`, mode: 'test' });
  const examples: Record<string, unknown[]> = {};
  const api = recording(createApi(url, admin_key), examples);
  const { data } = await api.get<{ data: { id: string }[] }>('/v1/api-keys');
  for (const name of ['spare', 'other']) await api.post('/v1/api-keys', { name, scopes: ['read'] });
  await createCatalog(api);
  await createCustomers(api);
  await sendUsage(api);
  await billLastMonth(api);
  await settle(api);
  return { organizationId: id, adminKey: admin_key, keyId: (data[0] as { id: string }).id, examples };
}

function recording(api: Api, examples: Record<string, unknown[]>): Api {
  return {
    ...api,
    async post<T>(path: string, body: unknown) {
      const answer = await api.post<T>(path, body);
      examples[path] ??= [];
      examples[path].push(body);
      return answer;
    },
  };
}

const lastMonth = (): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
};

async function createCatalog(api: Api): Promise<void> {
  const meter = { event_type: 'used', value_property: 'n', group_by: ['region'] };
  await api.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'used', aggregation: 'count' });
  await api.post('/v1/meters', { key: 'bytes', name: 'Bytes', aggregation: 'sum', ...meter });
  await api.post('/v1/meters', { key: 'idle', name: 'Idle', event_type: 'idle', aggregation: 'count' });
  const vat = { percent: '19', inclusive: false, valid_from: '2020-01-01' };
  await api.post('/v1/tax-rates', { key: 'vat', name: 'VAT', ...vat });
  await api.post('/v1/tax-rates', { key: 'other', name: 'Other', ...vat });
  await api.post('/v1/coupons', { key: 'tenth', name: 'A tenth', percent: '10', duration: 'forever' });
  const charges = [
    { key: 'base', name: 'Base', price: { model: 'flat', amount: '20.00' } },
    { key: 'calls', name: 'Calls', meter: 'calls', price: { model: 'per_unit', unit_amount: '0.01' } },
    { key: 'bytes', name: 'Bytes', meter: 'bytes', price: TIERS },
  ];
  for (const key of ['basic', 'team']) await api.post('/v1/plans', { key, name: key, currency: 'EUR', charges });
}

const TIERS = {
  model: 'graduated',
  tiers: [
    { up_to: '100', unit_amount: '0.10' },
    { up_to: null, unit_amount: '0.05' },
  ],
};

const QUOTE = {
  currency: 'USD',
  charges: [
    { key: 'api', price: TIERS },
    { key: 'seats', quantity: 'seats', price: { model: 'per_unit', unit_amount: '12' } },
  ],
  usage: [{ charge: 'api', quantity: '12345.5' }],
  quantities: { seats: '5' },
  service: { from: '2026-10-16', to: '2026-11-01', period_from: '2026-10-01', period_to: '2026-11-01' },
  discounts: [{ percent: '10' }],
  tax_rates: [{ name: 'VAT', percent: '20' }],
  prepaid_balance: '20.00',
};

async function createCustomers(api: Api): Promise<void> {
  for (const key of NAMES) {
    await api.post('/v1/customers', { key, name: key, tax_rates: ['vat'] });
    await api.post('/v1/subscriptions', { customer: key, plan: 'basic', starts_on: `${lastMonth()}-01` });
  }
  await api.post('/v1/customers/acme/discounts', { coupon: 'tenth', starts_on: `${lastMonth()}-01` });
  const prepaid = { account: 'prepaid', currency: 'EUR', amount: '5', reason: 'First' };
  await api.post('/v1/customers/acme/balance-adjustments', prepaid);
  const today = new Date().toISOString().slice(0, 10);
  await api.post('/v1/exchange-rates', { from: 'USD', to: 'EUR', rate: '0.92', date: today, source: 'ECB' });
}

async function sendUsage(api: Api): Promise<void> {
  const last = Date.parse(`${lastMonth()}-15T00:00:00Z`);
  const events = NAMES.flatMap((customer) =>
    Array.from({ length: 30 }, (_, at) => ({
      id: `${customer}-${at}`,
      type: at % 7 === 0 ? 'unknown' : 'used',
      customer,
      time: new Date(at % 2 ? last + (at * DAY_MS) / 4 : Date.now() - at * 1000).toISOString(),
      properties: { n: String(at * 1.5), region: at % 3 ? 'eu' : 'us' },
    })),
  );
  await api.sendEvents(events);
}

interface Run {
  readonly id: string;
  readonly state: string;
}

async function billLastMonth(api: Api): Promise<void> {
  let run = await api.post<Run>('/v1/billing-runs', { period: lastMonth() });
  while (run.state !== 'completed') {
    if (run.state === 'failed') throw new Error('the billing run failed');
    await new Promise((resolve) => setTimeout(resolve, 100));
    run = await api.get<Run>(`/v1/billing-runs/${run.id}`);
  }
}

/** Around the invoices: one with a credit note, one that is paid, and a draft. */
async function settle(api: Api): Promise<void> {
  const { data } = await api.get<{ data: { id: string; customer: string }[] }>('/v1/invoices');
  const [noted, paid] = data;
  if (!noted || !paid) throw new Error('nothing was billed');
  await api.post('/v1/credit-notes', { invoice: noted.id, amount: '1.00', reason: 'Goodwill' });
  const received_on = new Date().toISOString().slice(0, 10);
  const payment = { amount: '3.00', currency: 'EUR', method: 'bank_transfer', received_on };
  const made = await api.post<{ id: string }>('/v1/payments', { invoice: paid.id, ...payment });
  await api.post(`/v1/payments/${made.id}/refunds`, { amount: '0.01', reason: 'Too much' });
  const lines = [{ description: 'Consulting', quantity: '2', unit_amount: '50.00' }];
  for (let at = 0; at < DRAFTS; at += 1) {
    const draft = { customer: NAMES[at % NAMES.length], currency: 'EUR', lines };
    const { id } = await api.post<{ id: string }>('/v1/invoices', draft);
    if (at > 5) continue;
    await api.post(`/v1/invoice-drafts/${id}/discounts`, { name: 'Less', percent: '10' });
    await api.post(`/v1/invoice-drafts/${id}/lines`, lines[0]);
  }
  await api.post('/v1/credit-notes/preview', { invoice: paid.id, reason: 'All', full: true });
  await api.post('/v1/quotes', QUOTE);
}
