import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readInvoicePdf } from '#libs/invoicing/pages/invoice-pdf.ts';
import { renderInvoicePdf } from '#libs/invoicing/pdf/render-invoice-pdf.ts';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { verifyDatabase } from '#libs/invoicing/verify/verify-database.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH, PAST_MONTH, runDependencies } from '#tests/support/billing.ts';
import { findInDatabase } from '#tests/support/find-in-database.ts';
import { pdfText } from '#tests/support/pdf-text.ts';

/* What is left of a customer that was erased, and when it may be. */

const ANNA = {
  name: 'Annabella Zwiebelfisch',
  email: 'annabella.z@example.com',
  address_lines: ['Quittengasse 77', 'Wolkenkuckucksheim'],
  tax_id: 'DE811907980',
};
const SECRETS = [ANNA.name, ANNA.email, ...ANNA.address_lines, ANNA.tax_id, 'anna-unused'];
const TODAY = Date.now();
const YEAR = new Date(TODAY).getUTCFullYear();

let api: TestApi;
let clock: number;
let own: TestApiClient;
let organizationId: number;

beforeAll(async () => {
  api = await startTestApi({ now: () => clock });
});
afterAll(() => api?.stop());

beforeEach(async () => {
  clock = TODAY;
  ({ id: organizationId, api: own } = await api.organization({ grace_minutes: 0, seller: { name: 'Nordwind' } }));
});

/** A customer with two more names, of which usage came in under one, that was billed for March 2025, after a dry run. */
async function billed() {
  const fixture = billingFixture(api.owner);
  const meterId = await fixture.meter(organizationId);
  const plan = await fixture.simplePlan(organizationId, meterId);
  const made = await own.post('/v1/customers', { key: 'c-1', aliases: ['anna-unused', 'n-4711'], ...ANNA });
  expect(made.status).toBe(201);
  const subscription = { startsOn: '2025-03-01', endsOn: '2025-04-01' };
  const subscriptionId = await fixture.subscription(organizationId, made.body.id, plan, subscription);
  await fixture.usage(organizationId, meterId, 'n-4711', HOUR_IN_PAST_MONTH, '1000');
  await own.post('/v1/billing-runs', { period: '2025-03', dry_run: true });
  const { rows } = await api.owner.query('SELECT id FROM billing_runs WHERE organization_id = $1', [organizationId]);
  await runBilling(runDependencies(api.worker), organizationId, rows[0].id);
  await bill(api.owner, api.worker, organizationId, {}, PAST_MONTH);
  const [{ id: invoice }] = (await own.get('/v1/invoices')).body.data;
  return { subscriptionId, invoice: invoice as string };
}

/** What the schedule notes once everything is billed. */
const nothingToCome = (subscriptionId: string) =>
  api.owner.query('UPDATE subscriptions SET due_from = NULL WHERE id = $1', [subscriptionId]);

test('nothing of it is found anywhere, and its documents stay whole', async () => {
  const { subscriptionId, invoice } = await billed();
  await nothingToCome(subscriptionId);
  const note = await own.post('/v1/credit-notes', { invoice, reason: 'r', amount: '1.00' });
  expect(note.status).toBe(201);
  const lines = [{ description: 'Extra', unit_amount: '1.00' }];
  const draft = await own.post('/v1/invoices', { customer: 'c-1', currency: 'EUR', lines });
  expect(draft.status).toBe(201);
  expect(await pdfText((await own.get(`/v1/invoices/${invoice}/pdf`)).bytes)).toContain(ANNA.name);
  expect(await findInDatabase(api.owner, ANNA.name)).toEqual([
    'audit_log.after',
    'billing_runs.drafts',
    'customers.name',
    'invoice_drafts.body',
    'invoices.document',
    'outbox.data',
  ]);

  clock = Date.parse(`${YEAR + 11}-01-01T00:00:00Z`);
  const { status, body } = await own.post('/v1/customers/c-1/erase', undefined);
  const erased_at = new Date(clock).toISOString();
  expect([status, body]).toEqual([
    200,
    { id: expect.any(String), key: 'c-1', erased_at, kept_names: ['c-1', 'n-4711'] },
  ]);
  for (const secret of SECRETS) expect([secret, await findInDatabase(api.owner, secret)]).toEqual([secret, []]);

  expect((await own.get('/v1/customers/c-1')).body).toMatchObject({
    name: 'Erased customer',
    email: null,
    address_lines: [],
    tax_id: null,
    aliases: ['n-4711'],
    erased_at,
  });
  for (const path of [`/v1/invoices/${invoice}`, `/v1/credit-notes/${note.body.id}`]) {
    expect((await own.get(path)).body.buyer).toEqual({
      redacted: true,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const pdf = await own.get(`${path}/pdf`);
    expect(pdf.status).toBe(200);
    const text = await pdfText(pdf.bytes);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  }
  const verdict = await verifyDatabase(api.worker, { organizationId, redraw: true });
  expect(verdict).toMatchObject({ ok: true, seen: { documents: 2, redacted: 2 } });

  // Once more it changes nothing, and tells the same.
  clock += 86_400_000;
  expect((await own.post('/v1/customers/c-1/erase', undefined)).body).toEqual(body);
  const { rows } = await api.owner.query(
    'SELECT type, subject, data FROM outbox WHERE organization_id = $1 ORDER BY id',
    [organizationId],
  );
  expect(rows.filter(({ type }) => type === 'customer.erased')).toEqual([
    { type: 'customer.erased', subject: body.id, data: body },
  ]);
  expect(rows.filter(({ type }) => type === 'customer.created')).toMatchObject([
    { data: { id: body.id, key: 'c-1', erased: true } },
  ]);
  expect(rows.filter(({ type }) => type === 'invoice.draft_deleted')).toMatchObject([{ subject: draft.body.id }]);
});

test('it is refused while something is billed or documents must be kept, with the day from which it is possible', async () => {
  const { subscriptionId } = await billed();
  const erase = () => own.post('/v1/customers/c-1/erase', undefined);
  clock = Date.parse(`${YEAR + 50}-06-01T00:00:00Z`);
  const inUse = await erase();
  expect([inUse.status, inUse.body.code]).toEqual([409, 'customer_in_use']);
  expect(inUse.body.detail).toContain(subscriptionId);
  await nothingToCome(subscriptionId);
  clock = Date.parse(`${YEAR + 10}-12-31T23:59:59Z`);
  const early = await erase();
  expect([early.status, early.body.code]).toEqual([409, 'retention_not_over']);
  expect(early.body.detail).toContain(`from ${YEAR + 11}-01-01 on`);
  // The seller's day decides.
  await own.patch('/v1/organization', { time_zone: 'Asia/Tokyo' });
  expect((await own.patch('/v1/organization', { retention_years: 11 })).body.retention_years).toBe(11);
  expect((await erase()).body.detail).toContain(`from ${YEAR + 12}-01-01 on`);
  expect(await findInDatabase(api.owner, ANNA.email)).toContain('customers.email');
  await own.patch('/v1/organization', { retention_years: 10 });
  expect((await erase()).status).toBe(200);
});

test('without documents it is possible at once; afterwards nothing is written about it', async () => {
  const tax = { tax_treatment: 'reverse_charge', tax_treatment_reason: 'Article 196' };
  await own.post('/v1/customers', { key: 'c-2', ...ANNA, ...tax });
  const limited = await own.post('/v1/api-keys', { name: 'w', scopes: ['write'] });
  expect((await api.clientOf(limited.body.key).post('/v1/customers/c-2/erase', undefined)).status).toBe(403);
  expect((await own.post('/v1/customers/nobody/erase', undefined)).status).toBe(404);
  expect((await own.post('/v1/customers/c-2/erase', undefined)).status).toBe(200);
  const fixture = billingFixture(api.owner);
  await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  const { rows } = await api.owner.query('SELECT key FROM plans WHERE organization_id = $1', [organizationId]);
  const lines = [{ description: 'Extra', unit_amount: '1.00' }];
  for (const [method, path, body] of [
    ['PATCH', '/v1/customers/c-2', { name: ANNA.name }],
    ['POST', '/v1/subscriptions', { customer: 'c-2', plan: rows[0].key, starts_on: '2025-01-01' }],
    ['POST', '/v1/invoices', { customer: 'c-2', currency: 'EUR', lines }],
  ] as const) {
    const answer = await own.call(method, path, body);
    expect([path, answer.status, answer.body.code]).toEqual([path, 409, 'customer_erased']);
  }
  expect((await own.post('/v1/customers', { key: 'c-2', ...ANNA })).status).toBe(409);
  await expect(api.owner.query("UPDATE customers SET name = 'x' WHERE key = 'c-2'")).rejects.toThrow('was erased');
  expect(await findInDatabase(api.owner, ANNA.tax_id)).toEqual([]);
});

test('a page that was being drawn meanwhile is kept without the buyer', async () => {
  const { subscriptionId, invoice } = await billed();
  await nothingToCome(subscriptionId);
  const note = await own.post('/v1/credit-notes', { invoice, reason: 'r', amount: '1.00' });
  clock = Date.parse(`${YEAR + 11}-01-01T00:00:00Z`);
  const names: unknown[] = [];
  const page = await readInvoicePdf(api.pool, organizationId, note.body.id, async (document, details) => {
    names.push('redacted' in document.buyer ? null : document.buyer.name);
    if (names.length === 1) expect((await own.post('/v1/customers/c-1/erase', undefined)).status).toBe(200);
    return renderInvoicePdf(document, details);
  });
  expect(names).toEqual([ANNA.name, null]);
  expect(await pdfText(page?.bytes as Buffer)).not.toContain(ANNA.name);
  const stored = await own.get(`/v1/credit-notes/${note.body.id}/pdf`);
  expect(stored.bytes.equals(page?.bytes as Buffer)).toBe(true);
});

test('whoever read it before cannot bring it back: documents and drafts that show it are refused', async () => {
  const { subscriptionId, invoice } = await billed();
  await nothingToCome(subscriptionId);
  const lines = [{ description: 'Extra', unit_amount: '1.00' }];
  await own.post('/v1/invoices', { customer: 'c-1', currency: 'EUR', lines });
  const { rows: drafts } = await api.owner.query('SELECT * FROM invoice_drafts WHERE organization_id = $1', [
    organizationId,
  ]);
  const { rows: invoices } = await api.owner.query('SELECT document FROM invoices WHERE id = $1', [invoice]);
  clock = Date.parse(`${YEAR + 11}-01-01T00:00:00Z`);
  expect((await own.post('/v1/customers/c-1/erase', undefined)).status).toBe(200);
  const draftAgain = (buyer: unknown) =>
    api.worker.query('INSERT INTO invoice_drafts SELECT * FROM jsonb_populate_record(NULL::invoice_drafts, $1)', [
      JSON.stringify({ ...drafts[0], body: { ...drafts[0].body, buyer } }),
    ]);
  await expect(draftAgain(drafts[0].body.buyer)).rejects.toMatchObject({ code: '40001' });
  const documentAgain = (document: unknown, number: string) =>
    api.worker.query(
      `INSERT INTO invoices SELECT r.* FROM invoices i, jsonb_populate_record(i, jsonb_build_object(
         'id', gen_random_uuid(), 'number', $2::text, 'series_number', 99, 'document', $3::jsonb)) AS r WHERE i.id = $1`,
      [invoice, number, JSON.stringify(document)],
    );
  await expect(documentAgain(invoices[0].document, 'X-1')).rejects.toMatchObject({ code: '40001' });
  const left = { key: 'c-1', name: 'Erased customer', address_lines: [] };
  await expect(draftAgain(left)).resolves.toBeDefined();
  await expect(
    documentAgain({ ...invoices[0].document, buyer: { ...left, salt: '00' } }, 'X-2'),
  ).resolves.toBeDefined();
});

test('a request that is sent again by its key is told that its answer went, and does nothing', async () => {
  const keyed = (path: string, body: unknown, key: string) => own.call('POST', path, body, { 'idempotency-key': key });
  const gone = { key: 'gone', ...ANNA };
  expect((await keyed('/v1/customers', gone, 'made')).status).toBe(201);
  expect((await keyed('/v1/customers', gone, 'refused')).status).toBe(409);
  expect((await keyed('/v1/customers', { key: 'stays', name: 'S' }, 'other')).status).toBe(201);
  expect((await own.post('/v1/customers/gone/erase')).status).toBe(200);
  for (const [key, status] of [
    ['made', 201],
    ['refused', 409],
  ] as const) {
    const again = await keyed('/v1/customers', gone, key);
    expect([again.status, again.body]).toMatchObject([
      410,
      { code: 'answer_erased', detail: expect.stringContaining(`answered ${status};`) },
    ]);
    expect([again.headers.get('idempotency-replayed'), again.bytes.includes(ANNA.name)]).toEqual(['true', false]);
  }
  expect((await keyed('/v1/customers', { key: 'else', name: 'E' }, 'made')).body.code).toBe('idempotency_key_reused');
  expect((await keyed('/v1/customers', { key: 'stays', name: 'S' }, 'other')).status).toBe(201);
  expect((await own.get('/v1/customers/gone')).body.name).toBe('Erased customer');
  // After its 24 hours the key is good for a new request.
  await api.owner.query("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'");
  expect((await keyed('/v1/customers', { key: 'new', name: 'N' }, 'made')).status).toBe(201);
  expect((await keyed('/v1/customers', { key: 'new', name: 'N' }, 'made')).body.name).toBe('N');
});
