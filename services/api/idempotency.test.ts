import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import type { Pool } from '#libs/database/pool.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { sweepExpiredKeys } from '#libs/http/idempotency/sweep-expired-keys.ts';
import { listen } from '#libs/http/server.ts';
import {
  createTestApiClient,
  startTestApi,
  type TestAnswer,
  type TestApi,
  type TestApiClient,
} from '#tests/support/api.ts';
import { dyingPool } from '#tests/support/dying-pool.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { apiRoutes } from './api-routes.ts';

/* One effect and one answer for each Idempotency-Key, on routes of every kind, wherever a process dies. */

let api: TestApi;
let organizationId: number;
let own: TestApiClient;
let adminKey: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ id: organizationId, api: own, adminKey } = await api.organization());
});
afterAll(() => api?.stop());

let made = 0;
const newKey = () => `key ${++made}`;
const keyed = (path: string, body: unknown, key: string, client = own) =>
  client.call('POST', path, body, { 'idempotency-key': key });
const outcome = ({ status, body }: TestAnswer) => [status, body.code];
const isReplayed = ({ headers }: TestAnswer) => headers.get('idempotency-replayed') === 'true';
const countOf = async (table: string): Promise<number> => {
  const { rows } = await api.owner.query(`SELECT count(*)::int AS n FROM ${table} WHERE organization_id = $1`, [
    organizationId,
  ]);
  return rows[0].n;
};

const customerOf = (key: string) => ({ key, name: 'Acme', address_lines: ['Street 1'] });
async function newCustomer(): Promise<string> {
  const key = `customer-${++made}`;
  await own.post('/v1/customers', customerOf(key));
  return key;
}
const draftOf = (customer: string) => ({
  customer,
  currency: 'EUR',
  lines: [{ description: 'Consulting', unit_amount: '120' }],
});
const newDraft = async () => (await own.post('/v1/invoices', draftOf(await newCustomer()))).body.id as string;
async function newInvoice(): Promise<string> {
  const id = await newDraft();
  const { status } = await own.post(`/v1/invoices/${id}/finalize`);
  expect(status).toBeLessThan(300);
  return id;
}

interface Kind {
  readonly name: string;
  /** Where its effect is counted. */
  readonly table: string;
  readonly rows: number;
  readonly make: () => Promise<{ readonly path: string; readonly body: Record<string, unknown> }>;
}

const PAID = { amount: '40.00', currency: 'EUR', received_on: '2026-01-01', method: 'bank_transfer' };

const KINDS: readonly Kind[] = [
  {
    name: 'a customer',
    table: 'customers',
    rows: 1,
    make: async () => ({ path: '/v1/customers', body: customerOf(`customer-${++made}`) }),
  },
  {
    name: 'a one-off invoice, of several transactions',
    table: 'invoice_drafts',
    rows: 1,
    make: async () => ({ path: '/v1/invoices', body: draftOf(await newCustomer()) }),
  },
  {
    name: 'a finalized draft, of several transactions',
    table: 'invoices',
    rows: 1,
    make: async () => ({ path: `/v1/invoices/${await newDraft()}/finalize`, body: {} }),
  },
  {
    name: 'a payment',
    table: 'payments',
    rows: 1,
    make: async () => ({ path: '/v1/payments', body: { ...PAID, invoice: await newInvoice() } }),
  },
  {
    name: 'a credit note',
    table: 'invoices',
    rows: 1,
    make: async () => ({
      path: '/v1/credit-notes',
      body: { invoice: await newInvoice(), reason: 'Sorry', amount: '20' },
    }),
  },
  {
    name: 'an invoice issued anew, of several transactions',
    table: 'invoices',
    rows: 2,
    make: async () => ({ path: `/v1/admin/invoices/${await newInvoice()}/regenerate`, body: { reason: 'Wrong' } }),
  },
  {
    name: 'an adjustment of a balance',
    table: 'ledger_transfers',
    rows: 1,
    make: async () => ({
      path: `/v1/customers/${await newCustomer()}/balance-adjustments`,
      body: { account: 'prepaid', currency: 'EUR', amount: '50.00', reason: 'Bank transfer' },
    }),
  },
];

describe.each(KINDS)('$name', ({ table, rows, make }) => {
  test('is made once; a replay is the first answer to the letter and says so', async () => {
    const { path, body } = await make();
    const before = await countOf(table);
    const key = newKey();
    const first = await keyed(path, body, key);
    expect([first.status < 300, isReplayed(first)]).toEqual([true, false]);
    const again = await keyed(path, body, key);
    expect([again.status, again.bytes.toString(), isReplayed(again)]).toEqual([
      first.status,
      first.bytes.toString(),
      true,
    ]);
    for (const name of ['location', 'content-type']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect((await countOf(table)) - before).toBe(rows);
  });

  test('wherever its connection dies: nothing of it is there, and in the end one effect', async () => {
    const { path, body } = await make();
    const before = await countOf(table);
    const key = newKey();
    for (let dieAt = 1; ; dieAt += 1) {
      const dying = await startDying(dieAt);
      const answer = await settled(() => keyed(path, body, key, createTestApiClient(dying.url, adminKey)));
      await dying.stop();
      if (dying.asked() < dieAt) {
        expect([answer.status < 300, isReplayed(answer)]).toEqual([true, false]);
        break;
      }
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(await countOf(table)).toBe(before);
    }
    expect(isReplayed(await keyed(path, body, key))).toBe(true);
    expect((await countOf(table)) - before).toBe(rows);
  });
});

/** The lock of one that died goes when Postgres has noticed. */
async function settled(call: () => Promise<TestAnswer>): Promise<TestAnswer> {
  for (;;) {
    const answer = await call();
    if (answer.body?.code !== 'idempotency_key_in_use') return answer;
  }
}

/** The API on the same database, its connections to be cut at the n-th statement. */
async function startDying(dieAt: number) {
  const { pool, asked } = dyingPool(api.pool, dieAt);
  const server = await listen(appOn(pool), { port: 0, host: '127.0.0.1' });
  return { url: `http://127.0.0.1:${server.port}`, asked, stop: () => server.close() };
}

const appOn = (pool: Pool) =>
  createApp({
    routes: apiRoutes({ pool, cache: createMemoryCache(), log: api.log }),
    authenticate: createAuthenticator({ pool: api.pool }),
    pool,
    logger: testLogger(),
    health: [],
  });

test('64 equal requests at once: one effect, one answer, the others wait or have it', async () => {
  const { path, body } = await (KINDS[3] as Kind).make();
  const before = await countOf('payments');
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 64 }, () => settled(() => keyed(path, body, key))));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ bytes }) => bytes.toString())).size).toBe(1);
  expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1);
  expect((await countOf('payments')) - before).toBe(1);
});

test('while one is running its key is in use', async () => {
  const body = customerOf(`customer-${++made}`);
  const key = newKey();
  const client = await api.owner.connect();
  try {
    await client.query('BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE');
    const first = keyed('/v1/customers', body, key);
    for (;;) {
      const { rows } = await client.query(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      );
      if (rows.length > 0) break;
    }
    const second = await keyed('/v1/customers', body, key);
    expect(outcome(second)).toEqual([409, 'idempotency_key_in_use']);
    expect(second.headers.get('retry-after')).toBe('1');
    await client.query('COMMIT');
    expect((await first).status).toBe(201);
    const third = await keyed('/v1/customers', body, key);
    expect([third.status, isReplayed(third)]).toEqual([201, true]);
  } finally {
    client.release(true);
  }
});

describe('the same key', () => {
  test('with another body, route or query is refused; one that says the same is the same', async () => {
    const key = newKey();
    const body = customerOf(`customer-${++made}`);
    await keyed('/v1/customers', body, key);
    const reused = [422, 'idempotency_key_reused'];
    expect(outcome(await keyed('/v1/customers', { ...body, name: 'Other' }, key))).toEqual(reused);
    expect(outcome(await keyed('/v1/plans/none/versions/1/activate', undefined, key))).toEqual(reused);
    const turned = Object.fromEntries(Object.entries(body).reverse());
    expect(isReplayed(await keyed('/v1/customers', turned, key))).toBe(true);
  });

  test('is another one in another organization', async () => {
    const { api: other } = await api.organization();
    const key = newKey();
    const body = customerOf(`customer-${++made}`);
    await keyed('/v1/customers', body, key);
    const theirs = await keyed('/v1/customers', body, key, other);
    expect([theirs.status, isReplayed(theirs)]).toEqual([201, false]);
  });

  test('serves again once it has expired, and expired ones are swept', async () => {
    const key = newKey();
    const path = `/v1/customers/${await newCustomer()}/balance-adjustments`;
    const body = { account: 'prepaid', currency: 'EUR', amount: '1.00', reason: 'Test' };
    const first = await keyed(path, body, key);
    const digest = createHash('sha256').update(key).digest();
    const expire = () =>
      api.owner.query("UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE digest = $1", [
        digest,
      ]);
    const left = async () =>
      (
        await api.owner.query(
          "SELECT expires_at - now() > interval '23 hours' AS long FROM idempotency_keys WHERE digest = $1",
          [digest],
        )
      ).rows;
    expect(await left()).toEqual([{ long: true }]);
    await expire();
    const second = await keyed(path, body, key);
    expect([second.status, isReplayed(second), second.body.id === first.body.id]).toEqual([201, false, false]);
    expect(isReplayed(await keyed(path, body, key))).toBe(true);
    const others = await countOf('idempotency_keys');
    await expire();
    expect(await sweepExpiredKeys(api.worker)).toBe(1);
    expect([await left(), await countOf('idempotency_keys')]).toEqual([[], others - 1]);
  });
});

test('what is not valid is not stored: the mended request may have the key', async () => {
  const key = newKey();
  const body = customerOf(`customer-${++made}`);
  expect((await keyed('/v1/customers', { ...body, name: '' }, key)).status).toBe(422);
  expect((await keyed('/v1/customers', { ...body, tax_rates: ['none'] }, key)).status).toBe(422);
  expect((await keyed('/v1/customers', body, key)).status).toBe(201);
});

test('a refusal by state is an answer like others', async () => {
  const key = newKey();
  const path = `/v1/customers/${await newCustomer()}/balance-adjustments`;
  const body = { account: 'prepaid', currency: 'EUR', amount: '-5.00', reason: 'Back' };
  const first = await keyed(path, body, key);
  expect(outcome(first)).toEqual([409, 'balance_too_low']);
  await own.post(path, { ...body, amount: '10.00' });
  const again = await keyed(path, body, key);
  expect([again.status, again.body, isReplayed(again)]).toEqual([409, first.body, true]);
  expect(again.headers.get('content-type')).toMatch('application/problem+json');
  expect((await keyed(path, body, newKey())).status).toBe(201);
});

test.each(['', ' ', 'x'.repeat(256), 'ä', 'a\tb'])('the key %j cannot be used', async (key) => {
  const answer = await keyed('/v1/customers', customerOf('never'), key).catch(() => 'not even sent');
  if (answer !== 'not even sent') expect(outcome(answer as TestAnswer)).toEqual([400, 'idempotency_key_invalid']);
  expect((await own.get('/v1/customers/never')).status).toBe(404);
});

test('a route whose answer holds a secret takes none', async () => {
  const before = await countOf('api_keys');
  const answer = await keyed('/v1/api-keys', { name: 'K', scopes: ['read'] }, newKey());
  expect(outcome(answer)).toEqual([400, 'idempotency_key_not_taken']);
  expect(await countOf('api_keys')).toBe(before);
});

/** Every POST has its entry: who adds one decides. */
const NOT_TAKEN: Record<string, string> = {
  '/v1/organizations': 'refused',
  '/v1/api-keys': 'refused',
  '/v1/api-keys/{id}/rotate': 'refused',
  '/v1/customers/{key}/tokens': 'refused',
  // They store nothing.
  '/v1/credit-notes/preview': 'needless',
  '/v1/quotes': 'needless',
  // Absolute values, from the database.
  '/v1/cache/rebuild': 'needless',
};
const TAKEN = [
  '/v1/admin/customers/{key}/rerate',
  '/v1/admin/invoices/{id}/regenerate',
  '/v1/billing-runs',
  '/v1/billing-runs/{id}/cancel',
  '/v1/billing-runs/{id}/retry-parked',
  '/v1/coupons',
  '/v1/coupons/{key}/archive',
  '/v1/credit-notes',
  '/v1/customers',
  '/v1/customers/{key}/balance-adjustments',
  '/v1/customers/{key}/discounts',
  '/v1/customers/{key}/erase',
  '/v1/dead-letters/discard',
  '/v1/dead-letters/replay',
  '/v1/exchange-rates',
  '/v1/invoice-drafts/{id}/discounts',
  '/v1/invoice-drafts/{id}/lines',
  '/v1/invoice-drafts/{id}/refresh',
  '/v1/invoices',
  '/v1/invoices/{id}/finalize',
  '/v1/invoices/{id}/mark-uncollectible',
  '/v1/invoices/{id}/void',
  '/v1/meters',
  '/v1/meters/{key}/archive',
  '/v1/meters/{key}/backfill',
  '/v1/meters/{key}/versions',
  '/v1/payments',
  '/v1/payments/{id}/refunds',
  '/v1/plans',
  '/v1/plans/{key}/migrations',
  '/v1/plans/{key}/versions/{version}/activate',
  '/v1/plans/{key}/versions/{version}/archive',
  '/v1/subscriptions',
  '/v1/subscriptions/{id}/cancel',
  '/v1/subscriptions/{id}/change',
  '/v1/subscriptions/{id}/pause',
  '/v1/subscriptions/{id}/resume',
  '/v1/tax-rates',
  '/v1/tax-rates/{key}/end',
  '/v1/test-clock/advance',
];

test('every POST says whether it takes a key', () => {
  const posts = api.routes.filter(({ method }) => method === 'POST');
  expect(Object.fromEntries(posts.map(({ path, idempotency }) => [path, idempotency]))).toEqual({
    ...NOT_TAKEN,
    ...Object.fromEntries(TAKEN.map((path) => [path, 'taken'])),
  });
  expect(api.routes.filter(({ method, idempotency }) => method !== 'POST' && idempotency !== 'needless')).toEqual([]);
});
