import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inOrganization } from '#libs/database/transaction.ts';
import { keyDigest } from '#libs/http/keys.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { logFolder } from '#tests/support/logs/log-folder.ts';

let api: TestApi;
let own: TestApiClient;
let organization: number;

beforeAll(async () => {
  api = await startTestApi({ trustedProxies: ['127.0.0.1'] });
  ({ api: own, id: organization } = await api.organization());
});
afterAll(() => api?.stop());

const logOf = async (query: string, client = own) => (await client.get(`/v1/audit-log?${query}`)).body.data;
const ownKey = async () => (await own.get('/v1/api-keys')).body.data[0].id as string;

describe('what a request changes', () => {
  test('is written down with who, how, before and after', async () => {
    await own.call(
      'POST',
      '/v1/customers',
      { key: 'acme', name: 'Acme', email: 'a@example.com' },
      { 'x-request-id': 'r-1' },
    );
    await own.call('PATCH', '/v1/customers/acme', { name: 'Acme 2', aliases: ['old'] }, { 'x-request-id': 'r-2' });
    const id = await ownKey();
    const entries = await logOf('subject=acme');
    expect(entries).toMatchObject([
      {
        action: 'PATCH /v1/customers/{key}',
        resource: 'customers',
        before: { name: 'Acme' },
        after: { name: 'Acme 2' },
      },
      { resource: 'customer_aliases', before: null, after: { alias: 'old', customer_key: 'acme' }, request_id: 'r-2' },
      {
        actor: id,
        action: 'POST /v1/customers',
        resource: 'customers',
        before: null,
        after: { key: 'acme', name: 'Acme', email: 'a@example.com' },
        request_id: 'r-1',
        address: expect.stringContaining('127.0.0.1'),
      },
    ]);
    expect(Object.keys(entries[0].before)).toEqual(['name']);
  });

  test('names whoever is before the trusted proxies, and not whom a sender names', async () => {
    const from = { 'x-forwarded-for': '198.51.100.1, 192.0.2.7' };
    await own.call('POST', '/v1/customers', { key: 'behind', name: 'B' }, from);
    expect((await logOf('subject=behind'))[0].address).toBe('192.0.2.7');
  });

  test('is not written when nothing changed, was only read, or was refused', async () => {
    const newest = async () => (await logOf('limit=1'))[0].id;
    const before = await newest();
    expect((await own.post('/v1/customers', { key: 'acme', name: 'Taken' })).status).toBe(409);
    expect((await own.patch('/v1/customers/none', { name: 'x' })).status).toBe(404);
    expect((await own.patch('/v1/customers/acme', { name: 7 })).status).toBe(422);
    await own.get('/v1/customers');
    await own.post('/v1/quotes', { currency: 'EUR', charges: [{ key: 'f', price: { model: 'flat', amount: '1' } }] });
    expect(await newest()).toBe(before);
  });

  test('holds amounts as they were, to the last digit', async () => {
    const amount = '12345678901234567.89';
    const draft = await own.post('/v1/invoices', {
      customer: 'acme',
      currency: 'EUR',
      lines: [{ description: 'Work', unit_amount: amount }],
    });
    const { status, body } = await own.post(`/v1/invoices/${draft.body.id}/finalize`);
    expect(status).toBe(200);
    const entry = (await logOf(`subject=${body.id}`)).find((one: { resource: string }) => one.resource === 'invoices');
    expect(entry.after.total).toBe(amount);
    expect(entry.after).not.toHaveProperty('document');
  });

  test('and is not changed when it cannot be written down', async () => {
    await api.owner.query("ALTER TABLE audit_log ADD CONSTRAINT doomed CHECK (subject <> 'doomed')");
    expect((await own.post('/v1/customers', { key: 'doomed', name: 'x' })).status).toBe(500);
    await api.owner.query('ALTER TABLE audit_log DROP CONSTRAINT doomed');
    expect((await own.get('/v1/customers/doomed')).status).toBe(404);
    // What was to be stored is not in the log of the process instead: tests/support/logs looks for addresses.
    const log = await readFile(path.join(logFolder() as string, `logger-${process.pid}`), 'utf8');
    expect(log).toContain('violates check constraint \\"doomed\\"');
    expect(log).not.toContain('Failing row');
  });

  test('of the operator, of keys; no key and no digest is in it', async () => {
    const made = await api.organization();
    const [created] = await logOf('actor=operator&action=POST%20/v1/organizations&limit=100', made.api).then(
      (entries: { resource: string }[]) => entries.filter(({ resource }) => resource === 'organizations'),
    );
    expect(created).toMatchObject({ subject: String(made.id), before: null, after: { name: 'Test' } });
    const { body } = await made.api.post('/v1/api-keys', { name: 'secret one', scopes: ['read'] });
    const rotated = (await made.api.post(`/v1/api-keys/${body.id}/rotate`)).body;
    await made.api.delete(`/v1/api-keys/${rotated.id}`);
    expect((await logOf(`subject=${body.id}`, made.api))[0].after).toMatchObject({ replaced_by: rotated.id });
    const text = JSON.stringify((await api.owner.query('SELECT * FROM audit_log')).rows);
    for (const { key } of [body, rotated, { key: made.adminKey }]) {
      expect(text).toContain(key.slice(0, 12));
      for (const secret of [
        key,
        key.slice(12),
        ...(['hex', 'base64'] as const).map((as) => keyDigest(key).toString(as)),
      ])
        expect(text).not.toContain(secret);
    }
  });

  test('a request that changes no such row is written down all the same', async () => {
    const { body } = await own.post('/v1/customers/acme/tokens');
    await own.post('/v1/cache/rebuild');
    const [rebuilt, token] = await logOf('limit=2');
    expect(rebuilt).toMatchObject({ action: 'POST /v1/cache/rebuild', resource: null, subject: '/v1/cache/rebuild' });
    expect(token).toMatchObject({ action: 'POST /v1/customers/{key}/tokens', subject: '/v1/customers/acme/tokens' });
    expect(JSON.stringify((await api.owner.query('SELECT * FROM audit_log')).rows)).not.toContain(
      body.token.split('.')[2],
    );
  });

  test('what workers do is nobody’s request', async () => {
    const count = async () => (await api.owner.query('SELECT count(*) FROM audit_log')).rows[0].count;
    const before = await count();
    await inOrganization(api.pool, organization, (tx) => tx.query("UPDATE customers SET name = 'by no request'"));
    expect(await count()).toBe(before);
  });
});

test('requests at the same time are told apart', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `same-time-${i}`);
  await Promise.all(
    names.map((key) => own.call('POST', '/v1/customers', { key, name: key }, { 'x-request-id': `request-${key}` })),
  );
  for (const key of names) expect(await logOf(`subject=${key}`)).toMatchObject([{ request_id: `request-${key}` }]);
});

describe('the log', () => {
  test('is filtered by actor, subject, action and time, and read in pages without gaps', async () => {
    const all: { id: string; at: string }[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await own.get(`/v1/audit-log?limit=7${cursor}`);
      all.push(...body.data);
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    const { rows } = await api.owner.query('SELECT id FROM audit_log WHERE organization_id = $1 ORDER BY id DESC', [
      organization,
    ]);
    expect(all.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    const { at } = all[3] as { at: string };
    const ids = async (query: string) => (await logOf(`limit=100&${query}`)).map(({ id }: { id: string }) => id);
    const later = new Date(Date.parse(at) + 1).toISOString();
    expect([...(await ids(`from=${later}`)), ...(await ids(`to=${later}`))].sort()).toEqual(
      all.map(({ id }) => id).sort(),
    );
    expect(await ids(`from=${at}&to=${later}`)).toContain(all[3]?.id);
    expect(await ids(`actor=${await ownKey()}`)).not.toHaveLength(0);
    expect(await ids('actor=operator')).not.toHaveLength(0);
    expect(await ids('action=DELETE%20/v1/nothing')).toEqual([]);
    for (const query of ['cursor=x', 'actor=me', 'from=now', 'nonsense=1'])
      expect((await own.get(`/v1/audit-log?${query}`)).status).toBe(422);
  });

  test('shows another organization nothing', async () => {
    const { api: other } = await api.organization();
    expect(await logOf('subject=acme', other)).toEqual([]);
    const seen = await inOrganization(api.pool, organization, (tx) =>
      tx.query('SELECT DISTINCT organization_id FROM audit_log'),
    );
    expect(seen.rows).toEqual([{ organization_id: organization }]);
  });

  test.each([
    ['UPDATE audit_log SET address = NULL'],
    ["UPDATE audit_log SET after = '{}' WHERE resource = 'customers'"],
    ['DELETE FROM audit_log'],
    ['TRUNCATE audit_log'],
    ['TRUNCATE audit_log CASCADE'],
  ])('%s is refused, to the owner too', async (sql) => {
    await expect(api.owner.query(sql)).rejects.toThrow('the audit log never changes');
    await expect(inOrganization(api.pool, organization, (tx) => tx.query(sql))).rejects.toThrow('permission denied');
    await expect(api.worker.query(sql)).rejects.toThrow('permission denied');
  });

  test('nobody writes into it past the triggers', async () => {
    const insert = `INSERT INTO audit_log (organization_id, actor_type, action, subject, request_id) VALUES (${organization}, 'operator', 'x', 'x', 'x')`;
    await expect(inOrganization(api.pool, organization, (tx) => tx.query(insert))).rejects.toThrow('permission denied');
    await expect(api.worker.query(insert)).rejects.toThrow('permission denied');
  });

  test('loses the personal data of an erased customer, and nothing else', async () => {
    await own.post('/v1/customers', { key: 'gone', name: 'Erna Gone', email: 'erna@example.com', aliases: ['erna'] });
    await own.patch('/v1/customers/gone', { name: 'Erna Gone-Away', grace_minutes: 7 });
    const before = await logOf('subject=gone');
    await api.owner.query('SELECT redact_audit_log($1, $2)', [organization, 'gone']);
    const after = await logOf('subject=gone');
    expect(JSON.stringify(before)).toMatch(/erna/i);
    expect(JSON.stringify(after)).not.toMatch(/erna/i);
    expect(after).toMatchObject([
      { before: { name: 'redacted' }, after: { name: 'redacted', grace_minutes: '7' } },
      {},
      {},
    ]);
    expect(after.map(({ id }: { id: string }) => id)).toEqual(before.map(({ id }: { id: string }) => id));
  });
});

/** Tables that the API writes and the log does not watch. */
const NOT_WATCHED: Readonly<Record<string, string>> = {
  outbox: 'tells of changes itself',
  log_partitions: 'the log of events',
  log_records: 'the log of events',
  catalog_version: 'a counter',
  token_keys: 'of the installation; who got a token is noted with the request',
  plan_migration_failures: 'what became of a migration, which is watched',
  idempotency_keys: 'answers to requests, which are noted by what they change',
  billing_run_customers: 'part of a run, which is watched',
  invoice_series: 'a counter',
  invoice_lines: 'part of a document, which never changes',
  invoice_pdfs: 'a picture of a document',
  pages_to_draw: 'a queue',
  billed_units: 'follows from documents',
  daily_commits: 'a history by itself',
  daily_commit_records: 'a history by itself',
  discount_uses: 'follows from documents',
  ledger_accounts: 'follows from transfers, which are watched',
  ledger_entries: 'part of a transfer, which is watched',
  payment_standings: 'follows from payments, which are watched',
};

test('every table that the API may write is watched, or it is said why not', async () => {
  const { rows } = await api.owner.query<{ name: string; watched: boolean }>(
    `SELECT c.relname AS name, EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audited') AS watched
       FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND (has_any_column_privilege('tollbook_api', c.oid, 'INSERT, UPDATE') OR has_table_privilege('tollbook_api', c.oid, 'DELETE'))`,
  );
  const names = (watched: boolean) =>
    rows
      .filter((row) => row.watched === watched)
      .map(({ name }) => name)
      .sort();
  expect(names(false)).toEqual(Object.keys(NOT_WATCHED).sort());
  expect(names(true).length).toBeGreaterThan(20);
});
