import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inOrganization } from '#libs/database/transaction.ts';
import { readSigningKey } from '#libs/invoicing/chain/read-signing-key.ts';
import { signHeads } from '#libs/invoicing/run/sign-heads.ts';
import { checkCounters } from '#libs/metering/reconcile/check-counters.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { bill, billingFixture } from '#tests/support/billing.ts';
import { createFeed, type Feed, usageEvent } from '#tests/support/metering.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/* A test organization goes whole; a live one beside it, and what the log still holds, go on. */

let api: TestApi;
let feed: Feed;
beforeAll(async () => {
  api = await startTestApi();
  feed = await createFeed(api.worker);
});
afterAll(() => api?.stop());

interface Made {
  readonly id: number;
  readonly own: TestApiClient;
}

/** With events that were counted, documents, money and everything else that must not be changed by anybody. */
async function organization(mode: string): Promise<Made> {
  const { id, api: own } = await api.organization({ mode, grace_minutes: 0, seller: { name: 'Nordwind' } });
  const fixture = billingFixture(api.owner);
  const meterId = await fixture.meter(id, 'call');
  const plan = await fixture.simplePlan(id, meterId);
  await fixture.simpleCustomer(id, 'acme', plan);
  const { rows } = await api.owner.query('UPDATE catalog_version SET version = version + 1 RETURNING version');
  expect(rows).toHaveLength(1);
  await feed(id, [usageEvent('a'), usageEvent('b'), usageEvent('b'), usageEvent('a', { customer: 'other' })]);
  await bill(api.owner, api.worker, id);
  const { privateKey } = generateKeyPairSync('ed25519');
  await signHeads(api.worker, readSigningKey(String(privateKey.export({ format: 'pem', type: 'pkcs8' }))), Date.now);
  const [{ id: invoice }] = (await own.get('/v1/invoices')).body.data;
  const paid = { invoice, amount: '2.00', currency: 'EUR', received_on: '2025-05-01', method: 'cash' };
  const payment = await own.post('/v1/payments', paid);
  const topUp = { account: 'prepaid', currency: 'EUR', amount: '50.00', reason: 'r' };
  const rate = { from: 'USD', to: 'EUR', rate: '0.9', date: '2025-01-01', source: 's' };
  for (const answer of [
    payment,
    await own.post(`/v1/payments/${payment.body.id}/refunds`, { amount: '2.00', reason: 'r' }),
    await own.post('/v1/customers/acme/balance-adjustments', topUp),
    await own.post(`/v1/invoices/${invoice}/mark-uncollectible`, { reason: 'r' }),
    await own.post('/v1/exchange-rates', rate),
    await own.post(`/v1/invoices/${invoice}/void`, { reason: 'r' }),
  ])
    expect([answer.status, answer.body.errors ?? answer.body.detail]).toEqual([expect.any(Number), undefined]);
  return { id, own };
}

const isRefused = (own: TestApiClient) =>
  waitFor(async () => (await own.get('/v1/customers')).status === 401, { describe: 'its key to be refused' });

/** Of each table the rows of an organization, as a count and a digest; without those that have none. */
async function rowsOf(id: number): Promise<Record<string, string>> {
  const { rows: tables } = await api.owner.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await api.owner.query(
      `SELECT count(*)::integer AS n, md5(string_agg(t::text, '' ORDER BY t::text)) AS digest FROM ${name} t WHERE organization_id = $1`,
      [id],
    );
    if (rows[0].n > 0) found[name] = `${rows[0].n} ${rows[0].digest}`;
  }
  return found;
}

test('every row of it goes, those that nobody can change too, and nothing of a live one', async () => {
  const live = await organization('live');
  const gone = await organization('test');
  const before = await rowsOf(live.id);
  const had = Object.keys(await rowsOf(gone.id));
  for (const table of ['usage_events', 'event_keys', 'event_conflicts', 'record_counts', 'chain_heads', 'charges'])
    expect(had).toContain(table);
  for (const table of ['invoices', 'invoice_pdfs', 'ledger_entries', 'payment_refunds', 'exchange_rates'])
    expect(had).toContain(table);

  expect((await api.operator.delete(`/v1/organizations/${gone.id}`)).status).toBe(204);
  expect(await rowsOf(gone.id)).toEqual({});
  expect(await rowsOf(live.id)).toEqual(before);
  const { rows } = await api.owner.query('SELECT id FROM organizations WHERE id = ANY($1)', [[live.id, gone.id]]);
  expect(rows).toEqual([{ id: live.id }]);
  const again = await api.operator.delete(`/v1/organizations/${gone.id}`);
  expect([again.status, again.body.code]).toEqual([404, 'not_found']);
  expect((await gone.own.get('/v1/organization')).status).toBe(401);
  await isRefused(gone.own);

  // Records of it that still lie in the log are passed over, those beside them are counted, and each is accounted for.
  expect(await checkCounters(api.worker)).toMatchObject({ unexplained: 0n });
  await feed(gone.id, [usageEvent('a'), usageEvent('late'), Buffer.from('{not json')]);
  await feed(live.id, [usageEvent('c')]);
  expect(await rowsOf(gone.id)).toEqual({});
  const { rows: counts } = await api.owner.query(
    'SELECT organization_id, outcome, sum(records)::integer AS records FROM record_counts WHERE organization_id = ANY($1) GROUP BY 1, 2 ORDER BY 1, 2',
    [[0, live.id]],
  );
  expect(counts).toEqual([
    { organization_id: 0, outcome: 'dead_letter', records: 1 },
    { organization_id: 0, outcome: 'deleted', records: 6 },
    { organization_id: live.id, outcome: 'conflict', records: 1 },
    { organization_id: live.id, outcome: 'counted', records: 3 },
    { organization_id: live.id, outcome: 'duplicate', records: 1 },
  ]);
  expect(await checkCounters(api.worker)).toMatchObject({ unexplained: 0n });
});

test('a live organization is refused, by the database as well', async () => {
  const { id } = await api.organization();
  const { status, body } = await api.operator.delete(`/v1/organizations/${id}`);
  expect([status, body.code]).toEqual([409, 'organization_live']);
  for (const step of ['begin_deleting', 'delete_test_organization'])
    await expect(inOrganization(api.pool, id, (tx) => tx.query(`SELECT ${step}($1)`, [id]))).rejects.toThrow(
      'is no test organization',
    );
  // Nor another's.
  const { id: other } = await api.organization({ mode: 'test' });
  await expect(inOrganization(api.pool, id, (tx) => tx.query('SELECT begin_deleting($1)', [other]))).rejects.toThrow(
    'not the one of this transaction',
  );
  for (const none of ['2147483648', '0', 'x', '999999'])
    expect((await api.operator.delete(`/v1/organizations/${none}`)).status).toBe(404);
});

test('the triggers stand aside nowhere else; what was begun is carried on', async () => {
  const { id, own } = await organization('test');
  const refused = async () => {
    for (const table of ['invoices', 'invoice_lines', 'invoice_pdfs', 'chain_heads', 'ledger_transfers', 'charges'])
      await expect(api.owner.query(`DELETE FROM ${table} WHERE organization_id = $1`, [id])).rejects.toMatchObject({
        code: '23001',
      });
  };
  await refused();
  // All that is left of a process that died between the two steps.
  await inOrganization(api.pool, id, (tx) => tx.query('SELECT begin_deleting($1)', [id]));
  await refused();
  await isRefused(own);
  expect((await api.operator.delete(`/v1/organizations/${id}`)).status).toBe(204);
  expect(await rowsOf(id)).toEqual({});
});

test('every table either names the organization of its rows or belongs to the installation', async () => {
  const { rows } = await api.owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id') ORDER BY 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    'catalog_version',
    'dedupe_floor',
    'deleted_organizations',
    'event_key_generations',
    'log_epochs',
    'log_offsets',
    'log_partitions',
    'log_records',
    'operator_keys',
    'organizations',
    'pgmigrations',
    'token_keys',
  ]);
});
