import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { Route } from '#libs/http/route.ts';
import { fillPath } from '#tests/support/access-callers.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { everythingStored } from '#tests/support/everything-stored.ts';
import { apiRoutes } from './api-routes.ts';

/* Another organization's keys and ids, on every route that takes one: they are not there, and nothing happens to them. */

const routes = apiRoutes({ pool: undefined as never, cache: createMemoryCache(), log: undefined as never });
const withIds = routes
  .filter(({ path, scope }) => path.includes('{') && scope !== 'public' && scope !== 'operator')
  .map((route) => [`${route.method} ${route.path}`, route] as const);

let api: TestApi;
let theirs: TestApiClient;
let theirId: number;
let stranger: TestApiClient;
let before: Record<string, string>;
/** By the beginning of the path: what stands there. The longest one counts. */
let ids: Record<string, Record<string, string>>;

const charges = [{ key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } }];

async function make(path: string, body: unknown = {}) {
  const answer = await theirs.post(path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

beforeAll(async () => {
  api = await startTestApi();
  ({ api: theirs, id: theirId } = await api.organization());
  ({ api: stranger } = await api.organization());
  const key = 'theirs';
  const meter = { name: 'M', event_type: 'call', aggregation: 'count' };
  await make('/v1/meters', { key, ...meter });
  await make(`/v1/meters/${key}/backfill`);
  await make('/v1/plans', { key, name: 'P', currency: 'EUR', charges });
  await make('/v1/plans', { key, name: 'P', currency: 'EUR', charges });
  await make('/v1/coupons', { key, name: 'C', percent: '10', duration: 'forever' });
  await make('/v1/tax-rates', { key, name: 'T', percent: '5', valid_from: '2026-01-01' });
  await make('/v1/customers', { key, name: 'Theirs' });
  const rate = await make('/v1/exchange-rates', {
    from: 'EUR',
    to: 'USD',
    date: '2026-01-05',
    rate: '1.1',
    source: 's',
  });
  const subscription = await make('/v1/subscriptions', { customer: key, plan: key, starts_on: '2026-01-01' });
  await make(`/v1/subscriptions/${subscription.id}/change`, { plan: key, version: 1, when: 'period_end' });
  const changes = (await theirs.get(`/v1/subscriptions/${subscription.id}/changes`)).body.data;
  const discount = await make(`/v1/customers/${key}/discounts`, { coupon: key });
  const migration = await make(`/v1/plans/${key}/migrations`, { to_version: 2, when: 'period_end' });
  const lines = [{ description: 'Work', unit_amount: '5' }];
  const draftOf = () => make('/v1/invoices', { customer: key, currency: 'EUR', lines });
  const draft = await draftOf();
  const off = await make(`/v1/invoice-drafts/${draft.id}/discounts`, { name: 'D', amount: '1' });
  const invoice = await make(`/v1/invoices/${(await draftOf()).id}/finalize`);
  const note = await make('/v1/credit-notes', { invoice: invoice.id, reason: 'r', amount: '1' });
  const payment = await make('/v1/payments', {
    invoice: invoice.id,
    amount: '1',
    currency: 'EUR',
    method: 'cash',
    received_on: '2026-11-01',
  });
  const run = await make('/v1/billing-runs', { period: '2026-01' });
  const [own] = (await theirs.get('/v1/api-keys')).body.data;
  const { rows } = await api.owner.query(
    `INSERT INTO dead_letters (organization_id, log_epoch, log_partition, log_offset, received_at, reason, detail, record)
     VALUES ($1, 1, 0, 1, now(), 'malformed', 'x', '\\x00') RETURNING id`,
    [theirId],
  );
  ids = {
    '/v1': { key, version: '2', position: '1' },
    '/v1/exchange-rates': { id: rate.id },
    '/v1/subscriptions': { id: subscription.id, change: changes.at(-1).id },
    '/v1/customers/{key}/discounts': { id: discount.id },
    '/v1/plans/{key}/migrations': { id: migration.id },
    '/v1/invoice-drafts': { id: draft.id, line: draft.manual_lines[0].id, discount: off.manual_discounts[0].id },
    '/v1/invoices': { id: invoice.id },
    '/v1/invoices/{id}/finalize': { id: draft.id },
    '/v1/admin/invoices': { id: invoice.id },
    '/v1/credit-notes': { id: note.id },
    '/v1/payments': { id: payment.id },
    '/v1/billing-runs': { id: run.id },
    '/v1/api-keys': { id: own.id },
    '/v1/dead-letters': { id: rows[0].id },
    '/v1/events': { id: 'event-1' },
  };
  // Drawn when its owner looks at it first.
  for (const path of [`/v1/invoices/${invoice.id}/pdf`, `/v1/credit-notes/${note.id}/pdf`]) await theirs.get(path);
  before = await everythingStored(api.owner);
});
afterAll(() => api?.stop());

/** What their owner could send. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/admin/customers/{key}/rerate': {},
  'POST /v1/admin/invoices/{id}/regenerate': {},
  'POST /v1/api-keys/{id}/rotate': {},
  'PATCH /v1/coupons/{key}': { name: 'Mine' },
  'PATCH /v1/customers/{key}': { name: 'Mine' },
  'POST /v1/customers/{key}/balance-adjustments': { account: 'prepaid', currency: 'EUR', amount: '1', reason: 'r' },
  'POST /v1/customers/{key}/discounts': { coupon: 'theirs' },
  'POST /v1/customers/{key}/tokens': {},
  'PATCH /v1/invoice-drafts/{id}': { payment_terms_days: 3 },
  'POST /v1/invoice-drafts/{id}/discounts': { name: 'D', amount: '1' },
  'POST /v1/invoice-drafts/{id}/lines': { description: 'Work', unit_amount: '5' },
  'POST /v1/invoices/{id}/mark-uncollectible': { reason: 'r' },
  'POST /v1/invoices/{id}/void': { reason: 'r' },
  'POST /v1/meters/{key}/versions': { effective_from: '2099-01-01T00:00:00Z', event_type: 'call', name: 'M' },
  'POST /v1/payments/{id}/refunds': { amount: '1', reason: 'r' },
  'POST /v1/plans/{key}/migrations': { to_version: 2, when: 'period_end' },
  'PUT /v1/plans/{key}/versions/{version}': { name: 'P', currency: 'EUR', charges },
  'POST /v1/subscriptions/{id}/cancel': { when: 'now' },
  'POST /v1/subscriptions/{id}/change': { plan: 'theirs', when: 'now' },
  'POST /v1/subscriptions/{id}/pause': { when: 'now' },
  'POST /v1/subscriptions/{id}/resume': { when: 'now' },
  'POST /v1/tax-rates/{key}/end': { valid_to: '2026-12-01' },
};

function pathOf(route: Route): string {
  const known = Object.keys(ids)
    .filter((beginning) => route.path.startsWith(beginning))
    .sort((a, b) => a.length - b.length)
    .map((beginning) => ids[beginning]);
  return fillPath(route, Object.assign({}, ...known));
}

const send = (client: TestApiClient, route: Route) =>
  client.call(
    route.method,
    pathOf(route),
    route.body === undefined ? undefined : BODIES[`${route.method} ${route.path}`],
  );

/** Lists of something that is looked for by name only. */
const EMPTY_LISTS = ['GET /v1/plans/{key}/migrations'];

/** Single events, and lines of usage, are not part of what the owner has here. */
const NOT_MADE = /\/v1\/events|explain\/(hours|events)$/;

describe.each(withIds)('%s', (name, route) => {
  test('of another organization is not there', async () => {
    const { status, body } = await send(stranger, route);
    if (EMPTY_LISTS.includes(name)) expect([status, body.data]).toEqual([200, []]);
    else expect({ status, code: body?.code, errors: body?.errors }).toEqual({ status: 404, code: 'not_found' });
  });

  if (route.method === 'GET' && !NOT_MADE.test(name))
    test('is there for its own', async () => expect((await send(theirs, route)).status).toBe(200));
});

test('none of these requests stored anything', async () => {
  expect(await everythingStored(api.owner)).toEqual(before);
});

test('lists show nothing of another organization', async () => {
  const lists = routes.filter(
    ({ method, path, scope }) => method === 'GET' && !path.includes('{') && scope !== 'public' && scope !== 'operator',
  );
  let found = 0;
  for (const { path } of lists) {
    const query =
      path === '/v1/usage' ? '?meter=theirs' : path === '/v1/reconciliation' ? '?from=2026-01-01&to=2026-01-02' : '';
    const [own, other] = [await theirs.get(path + query), await stranger.get(path + query)];
    if (own.bytes.includes('theirs') || own.bytes.includes('Theirs')) found += 1;
    // A refusal repeats what was asked for.
    const shown = other.status === 200 ? other.bytes.toString() : '';
    expect([path, shown.includes('theirs'), shown.includes('Theirs')]).toEqual([path, false, false]);
    expect([path, other.status]).toEqual([path, path === '/v1/usage' ? 404 : 200]);
  }
  expect(found).toBeGreaterThan(5);
});

describe('raw SQL of the API role', () => {
  test('cannot switch row-level security off, nor be somebody else', async () => {
    for (const sql of [
      'SET LOCAL row_security = off; SELECT * FROM customers',
      "SELECT set_config('row_security', 'off', true); SELECT * FROM customers",
      'ALTER TABLE customers DISABLE ROW LEVEL SECURITY',
      'DROP POLICY one_organization ON customers',
      'CREATE POLICY mine ON customers USING (true)',
      'ALTER ROLE tollbook_api BYPASSRLS',
      'GRANT tollbook_worker TO tollbook_api',
      'CREATE FUNCTION public.look() RETURNS integer LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$',
      'COPY customers TO PROGRAM $$true$$',
    ])
      await expect(inOrganization(api.pool, 1, (tx) => tx.query(sql))).rejects.toThrow(
        /row-level security|must be owner|permission denied|must be superuser|ADMIN option|BYPASSRLS/,
      );
  });

  test('sees by no statement what belongs to others', async () => {
    const { id } = await api.organization();
    for (const sql of [
      'SELECT * FROM customers WHERE organization_id = $1',
      'SELECT c.* FROM customers c JOIN organizations o ON true WHERE c.organization_id = $1 OR o.id = $1',
      'WITH c AS (SELECT * FROM customers) SELECT * FROM c WHERE c.organization_id = $1',
      'SELECT * FROM (SELECT * FROM customers UNION ALL SELECT * FROM customers) c WHERE c.organization_id = $1',
      'UPDATE customers SET name = name WHERE organization_id = $1 RETURNING *',
    ]) {
      const rowsOf = async (organization: number) =>
        (await inOrganization(api.pool, organization, (tx) => tx.query(sql, [theirId]))).rows.length;
      expect([sql, await rowsOf(id)]).toEqual([sql, 0]);
      expect(await rowsOf(theirId)).toBeGreaterThan(0);
    }
    expect((await api.pool.query('SELECT * FROM customers WHERE organization_id = $1', [theirId])).rows).toEqual([]);
  });

  test('a setting that is no organization opens nothing', async () => {
    for (const setting of ['', '0', '-1', 'NULL', '1 OR true', `${theirId} `]) {
      const client = await api.pool.connect();
      try {
        await client.query('BEGIN');
        await client.query("SELECT set_config('tollbook.organization_id', $1, true)", [setting]);
        const found = await client.query('SELECT * FROM customers WHERE organization_id = $1', [theirId]).then(
          ({ rows }) => rows.length,
          () => 0,
        );
        // A space around the number is the number.
        expect([setting, found]).toEqual([setting, setting.trim() === String(theirId) ? 1 : 0]);
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    }
  });
});
