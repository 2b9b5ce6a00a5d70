import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSystem, type TestSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';
import { runPage } from './run-page.ts';

/*
 * Every command of docs/api/compat.md is run as it stands there, in order, and must be answered as it says there; then what a page cannot show: statuses,
 * refusals, and several at once.
 */

let system: TestSystem;
let organization: Awaited<ReturnType<TestSystem['organization']>>;

beforeAll(async () => {
  system = await startSystem('embedded', { environment: { TOLLBOOK_COMPAT: 'on' } });
  organization = await system.organization({ name: 'Compat' });
}, 60_000);
afterAll(() => system?.stop());

const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${system.apiUrl}${path}`, {
    method,
    headers: {
      'x-api-key': organization.adminKey,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: isJson ? JSON.parse(bytes.toString()) : null, bytes };
};

test('the commands of the page are answered as it says', async () => {
  expect(await runPage('docs/api/compat.md', { url: system.apiUrl, key: organization.adminKey })).toBe(21);
}, 120_000);

const PATHS = ['/v1/usage', '/api/usage', '/api/v1/usage'];

test.each(PATHS)('POST %s tells both shapes apart and answers each with its status', async (path) => {
  const tenant = { tenantId: 7, metric: 'other', amount: '12.5', dedupeKey: randomUUID() };
  expect(await send('POST', path, tenant)).toMatchObject({ status: 202, body: { id: `7/${tenant.dedupeKey}` } });
  expect(await send('POST', path, tenant)).toMatchObject({ status: 409, body: { code: 'duplicate_usage' } });
  const changed = { ...tenant, amount: '13' };
  expect(await send('POST', path, changed)).toMatchObject({ status: 409, body: { code: 'id_mismatch' } });
  // Another tenant's key is another one.
  expect(await send('POST', path, { ...tenant, tenantId: '8' })).toMatchObject({ status: 202 });

  const customer = { customer_id: '7', resource_type: 'other', quantity: 1, metadata: null };
  const key = { 'idempotency-key': randomUUID() };
  const first = await send('POST', path, customer, key);
  expect(first).toMatchObject({ status: 201, body: { id: key['idempotency-key'], metadata: {} } });
  expect(await send('POST', path, customer, key)).toMatchObject({ status: 201, body: first.body });
  // Without a key every request is new.
  const ids = [(await send('POST', path, customer)).body.id, (await send('POST', path, customer)).body.id];
  expect(new Set(ids).size).toBe(2);
});

test.each([
  ['/v1/usage', { tenantId: 'a', metric: 'm' }, '/amount'],
  ['/v1/usage', { tenantId: 'a', metric: 'm', amount: 'many' }, '/amount'],
  ['/v1/usage', { tenantId: 'a', metric: 'm', amount: 1, at: 'now' }, '/at'],
  ['/v1/usage', { tenantId: 'a', metric: 'm', amount: 2 ** 60 }, '/amount'],
  ['/v1/usage', { tenantId: 'a', metric: 'm', amount: 1, dedupeKey: 'x'.repeat(254) }, '/dedupeKey'],
  ['/api/v1/usage', { customer_id: 'a', resource_type: 'm', quantity: 1, metadata: { quantity: 2 } }, '/metadata'],
  [
    '/api/v1/usage',
    { customer_id: 'a', resource_type: 'm', quantity: 1, metadata: { deep: { a: 1 } } },
    '/metadata/deep',
  ],
  ['/pulses', { tenant_id: 'a', product_sku: 's', use_unit: 'GB' }, '/used_amount'],
  ['/pulses', { tenant_id: 'a', product_sku: 's', use_unit: 'GB', used_amount: 1, x: 1 }, '/x'],
  ['/aggregates/commit', { date: '2026-02-30' }, '/date'],
  ['/api/v1/tenants', { name: 'A', planId: 'none' }, '/planId'],
])('POST %s %j is refused at %s', async (path, body, pointer) => {
  const answer = await send('POST', path, body);
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
});

test.each([
  '/api/v1/tenants/nobody',
  '/api/v1/usage/tenants/nobody',
  '/api/v1/usage/nobody',
  '/api/v1/billing/nobody',
  '/api/v1/billing/tenants/nobody/preview',
  '/api/v1/billing/tenants/nobody/invoices',
  `/api/v1/billing/invoices/${randomUUID()}/download`,
  '/api/v1/usage/tenants/acme?metric=nothing',
])('GET %s is not there', async (path) => {
  expect(await send('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('eight that generate the invoice at once get the same one, whose PDF is there', async () => {
  const path = '/api/v1/billing/admin/tenants/acme/generate-invoice';
  const answers = await Promise.all(Array.from({ length: 8 }, () => send('POST', path)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  const [first] = answers;
  for (const { body } of answers) expect(body).toEqual(first?.body);
  const pdf = await send('GET', first?.body.pdfUrl);
  expect([pdf.status, pdf.bytes.subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
});

test('a tenant whose first period runs has no invoice yet', async () => {
  const { body } = await send('POST', '/api/v1/tenants', { name: 'New', planId: 'starter' });
  const path = `/api/v1/billing/admin/tenants/${body.id}/generate-invoice`;
  expect(await send('POST', path)).toMatchObject({ status: 409, body: { code: 'period_not_over' } });
});

test('commits of a day at once send each difference once, whatever arrives meanwhile', async () => {
  const date = new Date().toISOString().slice(0, 10);
  const pulse = (amount: string) =>
    send('POST', '/pulses', { tenant_id: 'acme', product_sku: 'SKU-2', use_unit: 'KB', used_amount: amount });
  const commit = () => send('POST', '/aggregates/commit', { date });
  const sent: { body: { aggregates: { ProductSKU: string; TotalUsedAmount: number }[] } }[] = [];
  for (let round = 0; round < 4; round += 1)
    sent.push(
      ...(await Promise.all([pulse('0.1'), commit(), pulse('0.2'), commit(), commit()])).filter(
        ({ body }) => 'sent' in body,
      ),
    );
  await waitFor(
    async () => {
      const { body } = await send('GET', '/aggregates');
      return body.some((row: { TotalUsedAmount: number }) => row.TotalUsedAmount === 1.2);
    },
    { describe: () => 'all pulses to be counted' },
  );
  sent.push(await commit());
  const amounts = sent.flatMap(({ body }) => body.aggregates).filter(({ ProductSKU }) => ProductSKU === 'SKU-2');
  const tenths = amounts.reduce((sum, { TotalUsedAmount }) => sum + Math.round(TotalUsedAmount * 10), 0);
  expect(tenths).toBe(12);
  expect((await commit()).body).toEqual({ date, sent: 0, aggregates: [] });
}, 60_000);

test('each route opens to its scope and to no other, and to nobody without a key', async () => {
  const document = (await send('GET', '/compat/openapi.json')).body;
  const clients: [string, string][] = [];
  for (const scope of ['ingest', 'read', 'write'])
    clients.push([scope, (await send('POST', '/v1/api-keys', { name: scope, scopes: [scope] })).body.key]);
  const opens: Record<string, string[]> = { ingest: ['ingest'], read: ['read', 'write'], write: ['write'] };
  let seen = 0;
  for (const [path, operations] of Object.entries(
    document.paths as Record<string, Record<string, { description?: string }>>,
  ))
    for (const [method, { description }] of Object.entries(operations)) {
      if (path.startsWith('/compat/')) continue;
      seen += 1;
      const scope = /scope `(\w+)`/.exec(description ?? '')?.[1] as string;
      const at = path.replace('{id}', randomUUID()).replace('{customer_id}', 'nobody');
      const body = method === 'post' ? { nonsense: true } : undefined;
      expect((await send(method.toUpperCase(), at, body, { 'x-api-key': '' })).status).toBe(401);
      for (const [own, key] of clients) {
        const { status } = await send(method.toUpperCase(), at, body, { 'x-api-key': key });
        if (opens[scope]?.includes(own)) expect([401, 403, 500]).not.toContain(status);
        else expect([path, own, status]).toEqual([path, own, 403]);
      }
    }
  expect(seen).toBe(16);
});

test('without the setting none of it is there', async () => {
  const plain = await startSystem('embedded');
  try {
    const { adminKey } = await plain.organization({ name: 'Plain' });
    for (const path of ['/compat/openapi.json', '/aggregates', '/api/v1/tenants/acme']) {
      const response = await fetch(`${plain.apiUrl}${path}`, { headers: { 'x-api-key': adminKey } });
      expect(response.status).toBe(404);
    }
  } finally {
    await plain.stop();
  }
}, 60_000);
