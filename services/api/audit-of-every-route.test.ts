import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { needOf } from '#libs/http/areas.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { AUDITED } from '#tests/support/audited.ts';

/* One successful call of every route that changes something, and what the audit log says of it. */

interface Entry {
  readonly actor: string;
  readonly action: string;
  readonly resource: string | null;
  readonly subject: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly request_id: string;
  readonly address: string;
}

let api: TestApi;
let own: TestApiClient;
let actor: string;
/** By route. */
const written: Record<string, readonly Entry[]> = {};

const entriesOf = async (client: TestApiClient, requestId: string): Promise<Entry[]> => {
  const { data } = (await client.get('/v1/audit-log?limit=100')).body as { data: Entry[] };
  return data.filter(({ request_id }) => request_id === requestId);
};

/** Calls a route as its path is written there, its placeholders filled in order, and keeps what was written down of it. */
async function call(route: string, ids: readonly string[] = [], body?: unknown) {
  const [method, path] = route.split(' ') as [string, string];
  const left = [...ids];
  const requestId = `call-${Object.keys(written).length}`;
  const filled = path.replaceAll(/\{\w+\}/g, () => left.shift() as string);
  const answer = await own.call(method, filled, method === 'POST' ? (body ?? {}) : body, { 'x-request-id': requestId });
  if (answer.status >= 300) throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
  written[route] = await entriesOf(own, requestId);
  return answer.body;
}

const charges = [{ key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } }];
const plan = { name: 'P', currency: 'EUR', charges };
const lines = [{ description: 'Work', unit_amount: '5' }];

async function callCatalogue(): Promise<void> {
  const meter = { name: 'M', event_type: 'call', aggregation: 'count' };
  await call('POST /v1/meters', [], { key: 'm', ...meter });
  await call('POST /v1/meters/{key}/versions', ['m'], { name: 'M', event_type: 'other' });
  await call('POST /v1/meters/{key}/backfill', ['m']);
  await call('POST /v1/meters/{key}/archive', ['m']);
  await call('POST /v1/plans', [], { key: 'p', ...plan, state: 'draft' });
  await call('PUT /v1/plans/{key}/versions/{version}', ['p', '1'], { ...plan, name: 'P 2' });
  await call('POST /v1/plans/{key}/versions/{version}/activate', ['p', '1']);
  await own.post('/v1/plans', { key: 'p', ...plan });
  await own.post('/v1/plans', { key: 'old', ...plan });
  await call('POST /v1/plans/{key}/versions/{version}/archive', ['old', '1']);
  await call('POST /v1/coupons', [], { key: 'c', name: 'C', percent: '10', duration: 'forever' });
  await call('PATCH /v1/coupons/{key}', ['c'], { name: 'C 2' });
  await call('POST /v1/tax-rates', [], { key: 't', name: 'T', percent: '5', valid_from: '2026-01-01' });
  await call('POST /v1/tax-rates/{key}/end', ['t'], { valid_to: '2030-01-01' });
  const rate = { from: 'EUR', to: 'USD', date: '2026-01-05', rate: '1.1', source: 's' };
  const { id } = await call('POST /v1/exchange-rates', [], rate);
  await call('DELETE /v1/exchange-rates/{id}', [id]);
}

async function callCustomers(): Promise<void> {
  await call('POST /v1/customers', [], { key: 'a', name: 'A', email: 'a@example.com' });
  await call('PATCH /v1/customers/{key}', ['a'], { name: 'A 2', aliases: ['b'] });
  await call('POST /v1/customers/{key}/tokens', ['a']);
  await call('DELETE /v1/customers/{key}/tokens', ['a']);
  const adjustment = { account: 'prepaid', currency: 'EUR', amount: '1', reason: 'r' };
  await call('POST /v1/customers/{key}/balance-adjustments', ['a'], adjustment);
  const { id } = await call('POST /v1/customers/{key}/discounts', ['a'], { coupon: 'c' });
  await call('DELETE /v1/customers/{key}/discounts/{id}', ['a', id]);
  await call('POST /v1/coupons/{key}/archive', ['c']);
  await own.post('/v1/customers', { key: 'gone', name: 'G' });
  await call('POST /v1/customers/{key}/erase', ['gone']);
}

async function callSubscriptions(): Promise<void> {
  const { id } = await call('POST /v1/subscriptions', [], {
    customer: 'a',
    plan: 'p',
    version: 1,
    starts_on: '2026-01-01',
  });
  await call('POST /v1/subscriptions/{id}/change', [id], { plan: 'p', version: 2, when: 'period_end' });
  const changes = (await own.get(`/v1/subscriptions/${id}/changes`)).body.data;
  await call('DELETE /v1/subscriptions/{id}/changes/{change}', [id, changes.at(-1).id]);
  await call('POST /v1/subscriptions/{id}/cancel', [id], { when: 'period_end' });
  await call('DELETE /v1/subscriptions/{id}/cancellation', [id]);
  await call('POST /v1/subscriptions/{id}/pause', [id], { when: 'now' });
  await call('POST /v1/subscriptions/{id}/resume', [id], { when: 'now' });
  await call('POST /v1/plans/{key}/migrations', ['p'], { to_version: 2, when: 'period_end' });
}

async function callDocuments(): Promise<void> {
  const draftOf = async () =>
    (await own.post('/v1/invoices', { customer: 'a', currency: 'EUR', lines })).body.id as string;
  const { id } = await call('POST /v1/invoices', [], { customer: 'a', currency: 'EUR', lines });
  await call('PATCH /v1/invoice-drafts/{id}', [id], { payment_terms_days: 3 });
  const added = await call('POST /v1/invoice-drafts/{id}/lines', [id], lines[0]);
  await call('DELETE /v1/invoice-drafts/{id}/lines/{line}', [id, added.manual_lines[1].id]);
  const reduced = await call('POST /v1/invoice-drafts/{id}/discounts', [id], { name: 'D', amount: '1' });
  await call('DELETE /v1/invoice-drafts/{id}/discounts/{discount}', [id, reduced.manual_discounts[0].id]);
  await call('POST /v1/invoice-drafts/{id}/refresh', [id]);
  await call('DELETE /v1/invoice-drafts/{id}', [id]);
  const invoice = (await call('POST /v1/invoices/{id}/finalize', [await draftOf()])).id;
  await call('POST /v1/credit-notes', [], { invoice, reason: 'r', amount: '1' });
  const paid = { invoice, amount: '1', currency: 'EUR', method: 'cash', received_on: '2026-11-01' };
  const payment = await call('POST /v1/payments', [], paid);
  await call('POST /v1/payments/{id}/refunds', [payment.id], { amount: '1', reason: 'r' });
  await call('POST /v1/invoices/{id}/mark-uncollectible', [invoice], { reason: 'r' });
  await call('DELETE /v1/invoices/{id}/mark-uncollectible', [invoice]);
  const finalized = async () => (await own.post(`/v1/invoices/${await draftOf()}/finalize`)).body.id as string;
  await call('POST /v1/invoices/{id}/void', [await finalized()], { reason: 'r' });
  await call('POST /v1/admin/invoices/{id}/regenerate', [await finalized()], {});
  await call('POST /v1/admin/customers/{key}/rerate', ['a'], {});
  const run = await call('POST /v1/billing-runs', [], { period: '2026-01' });
  await call('POST /v1/billing-runs/{id}/cancel', [run.id]);
  const parked = await own.post('/v1/billing-runs', { period: '2026-02' });
  await api.owner.query("UPDATE billing_runs SET state = 'completed' WHERE id = $1", [parked.body.id]);
  await api.owner.query(
    `INSERT INTO billing_run_parked (organization_id, billing_run_id, customer_id, code, detail)
     SELECT organization_id, $1, id, 'invalid_price', 'd' FROM customers WHERE key = 'a'`,
    [parked.body.id],
  );
  await call('POST /v1/billing-runs/{id}/retry-parked', [parked.body.id]);
}

async function callOthers(): Promise<void> {
  await call('PATCH /v1/organization', [], { name: 'New' });
  await call('POST /v1/cache/rebuild');
  const deadLetter = async (offset: number): Promise<string> => {
    const { rows } = await api.owner.query(
      `INSERT INTO dead_letters (organization_id, log_epoch, log_partition, log_offset, received_at, reason, detail, record)
       SELECT id, 1, 0, $1, now(), 'malformed', 'x', '\\x00' FROM organizations ORDER BY id DESC LIMIT 1 RETURNING id`,
      [offset],
    );
    return rows[0].id;
  };
  await call('POST /v1/dead-letters/replay', [], { ids: [await deadLetter(1)] });
  await call('POST /v1/dead-letters/discard', [], { ids: [await deadLetter(2)] });
  const key = await call('POST /v1/api-keys', [], { name: 'k', scopes: ['read'] });
  const rotated = await call('POST /v1/api-keys/{id}/rotate', [key.id], {});
  await call('DELETE /v1/api-keys/{id}', [rotated.id]);
}

beforeAll(async () => {
  api = await startTestApi();
  ({ api: own } = await api.organization({ mode: 'test' }));
  actor = (await own.get('/v1/api-keys')).body.data[0].id;
  await call('POST /v1/test-clock/advance', [], { to: new Date(Date.now() + 3_600_000).toISOString() });
  await callCatalogue();
  await callCustomers();
  await callSubscriptions();
  await callDocuments();
  await callOthers();
});
afterAll(() => api?.stop());

const happened = ({ resource, before, after }: Entry): string =>
  resource === null ? 'noted' : `${resource} ${before === null ? 'made' : after === null ? 'removed' : 'changed'}`;

test('every route that changes something is called here', () => {
  const changing = api.routes.filter(
    (route) => route.scope !== 'public' && route.scope !== 'operator' && needOf(route).action === 'write',
  );
  expect(Object.keys(written).sort()).toEqual(changing.map(({ method, path }) => `${method} ${path}`).sort());
  expect(Object.keys(AUDITED).sort()).toEqual(Object.keys(written).sort());
});

test.each(Object.entries(AUDITED))('%s: %s', (route, expected) => {
  const entries = written[route] as readonly Entry[];
  expect([...new Set(entries.map(happened))].sort().join(', ')).toBe(expected);
  for (const entry of entries) {
    expect(entry).toMatchObject({ actor, action: route, address: '127.0.0.1', subject: expect.stringMatching(/./) });
    const { before, after } = entry;
    if (before === null || after === null) continue;
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(Object.keys(after).length).toBeGreaterThan(0);
    for (const field of Object.keys(after).filter((one) => after[one] !== 'redacted'))
      expect([field, after[field]]).not.toEqual([field, before[field]]);
  }
});

test("the operator's: an organization is in its own log from the first entry on, and a deleted one takes its log along", async () => {
  const operators = api.routes.filter((route) => route.scope === 'operator' && needOf(route).action === 'write');
  expect(operators.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'DELETE /v1/organizations/{id}',
    'POST /v1/organizations',
  ]);
  const { body } = await api.operator.call('POST', '/v1/organizations', { name: 'N' }, { 'x-request-id': 'made' });
  const entries = await entriesOf(api.clientOf(body.admin_key), 'made');
  expect([...new Set(entries.map(happened))].sort()).toEqual(['api_keys made', 'organizations made']);
  for (const entry of entries)
    expect(entry).toMatchObject({ actor: 'operator', action: 'POST /v1/organizations', address: '127.0.0.1' });
});
