import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { runDependencies } from '#tests/support/billing.ts';

let api: TestApi;
let own: { id: number; api: TestApiClient };
let other: { id: number; api: TestApiClient };

beforeAll(async () => {
  api = await startTestApi();
  own = await api.organization({ name: 'Nordwind', grace_minutes: 0, seller: { name: 'Nordwind GmbH' } });
  other = await api.organization();
  await own.api.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  await own.api.post('/v1/plans', {
    key: 'basic',
    name: 'Basic',
    currency: 'EUR',
    charges: [
      { key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } },
      { key: 'calls', name: 'Calls', meter: 'calls', price: { model: 'per_unit', unit_amount: '0.002' } },
    ],
  });
  for (const key of ['acme', 'beta']) {
    await own.api.post('/v1/customers', { key, name: key });
    await own.api.post('/v1/subscriptions', { customer: key, plan: 'basic', starts_on: '2025-03-01' });
    await putUsage(key, '2025-03-10T12:00:00Z', '1000');
  }
});
afterAll(() => api?.stop());

const putUsage = (customer: string, hour: string, total: string) =>
  api.owner.query(
    `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
     SELECT organization_id, id, $2, $3, '', '', $4::bigint, $4::numeric, 7, 1 FROM meters WHERE organization_id = $1`,
    [own.id, customer, hour, total],
  );

/** What services/billing-run does with a queued run. */
const carryOut = (id: string) => runBilling(runDependencies(api.worker), own.id, id);

describe('billing runs', () => {
  test('a run is queued, carried out by the worker, and shows its progress', async () => {
    const created = await own.api.post('/v1/billing-runs', { period: '2025-03' });
    expect(created.status).toBe(202);
    expect(created.body).toMatchObject({
      state: 'queued',
      ends_after: '2025-03-01',
      ends_until: '2025-04-01',
      requested_by: expect.stringMatching(/^key:/),
    });
    await carryOut(created.body.id);
    const done = await own.api.get(created.headers.get('location') as string);
    expect(done.body).toMatchObject({
      state: 'completed',
      customers_due: 2,
      customers_done: 2,
      invoices_created: 2,
      parked: [],
    });
    expect((await own.api.get('/v1/billing-runs')).body.data).toMatchObject([
      { id: created.body.id, state: 'completed' },
    ]);
    expect((await other.api.get(`/v1/billing-runs/${created.body.id}`)).status).toBe(404);
    expect((await other.api.get('/v1/billing-runs')).body.data).toEqual([]);
  });

  test('who could not be billed is named with the reason', async () => {
    await own.api.post('/v1/customers', { key: 'broken', name: 'broken' });
    await own.api.post('/v1/plans', {
      key: 'broken',
      name: 'Broken',
      currency: 'EUR',
      charges: [{ key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } }],
    });
    await own.api.post('/v1/subscriptions', {
      customer: 'broken',
      plan: 'broken',
      starts_on: '2025-05-01',
      ends_on: '2025-06-01',
    });
    await api.owner.query(
      `UPDATE charges SET terms = '{"key":"fee","price":{"model":"free"}}' WHERE plan_id = (SELECT id FROM plans WHERE key = 'broken')`,
    );
    const { body } = await own.api.post('/v1/billing-runs', { ends_after: '2025-05-01', ends_until: '2025-06-01' });
    await carryOut(body.id);
    expect((await own.api.get(`/v1/billing-runs/${body.id}`)).body.parked).toMatchObject([
      { customer: 'broken', code: 'invalid_price', detail: expect.any(String) },
    ]);
  });

  test('a period that is not over is not billed', async () => {
    const period = new Date().toISOString().slice(0, 7);
    const { status, body } = await own.api.post('/v1/billing-runs', { period });
    expect([status, body.code]).toEqual([409, 'period_not_over']);
    expect(body.detail).toMatch(/can be billed from \d{4}-/);
  });

  test.each([
    [{ period: '2025-13' }, ['/period']],
    [{ period: 'March' }, ['/period']],
    [{ ends_after: '2025-03-01', ends_until: '2025-03-01' }, ['/ends_until']],
    [{ ends_after: '2025-03-01' }, ['/ends_until']],
    [{ period: '2025-03', ends_after: '2025-03-01' }, ['/ends_after']],
  ])('%j is refused', async (input, expected) => {
    const { status, body } = await own.api.post('/v1/billing-runs', input);
    expect([status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, expected]);
  });
});

describe('invoices', () => {
  const invoiceOf = async (customer: string) =>
    (await own.api.get(`/v1/invoices?customer=${customer}`)).body.data.at(-1);

  test('are listed newest first, filtered, page by page', async () => {
    const { body } = await own.api.get('/v1/invoices');
    const march = body.data.filter(({ period }: { period: { from: string } }) => period.from === '2025-03-01');
    expect(march.map(({ customer }: { customer: string }) => customer).sort()).toEqual(['acme', 'beta']);
    const first = await own.api.get('/v1/invoices?limit=1');
    const second = await own.api.get(`/v1/invoices?limit=1&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...second.body.data]).toEqual(body.data.slice(0, 2));
    expect((await own.api.get(`/v1/invoices?billing_run=${march[0].billing_run}`)).body.data).toEqual(march);
    expect((await own.api.get('/v1/invoices?customer=nobody')).body.data).toEqual([]);
    expect((await own.api.get('/v1/invoices?billing_run=x')).status).toBe(422);
    expect((await other.api.get('/v1/invoices')).body.data).toEqual([]);
    expect((await other.api.get('/v1/invoices?customer=acme')).body.data).toEqual([]);
  });

  test('one is shown with lines, evidence and its place in the chain', async () => {
    const { id } = await invoiceOf('acme');
    const { status, body } = await own.api.get(`/v1/invoices/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      customer: 'acme',
      state: 'finalized',
      number: expect.stringMatching(/^INV-\d{4}-\d{6}$/),
      total: '12.00',
      seller: { name: 'Nordwind GmbH' },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      lines: [
        { charge_key: 'fee', amount: '10.00' },
        { charge_key: 'calls', quantity: '1000', amount: '2.00', evidence: { meter: 'calls', event_count: '1000' } },
      ],
    });
    expect((await other.api.get(`/v1/invoices/${id}`)).status).toBe(404);
    expect((await own.api.get(`/v1/credit-notes/${id}`)).status).toBe(404);
    expect((await own.api.get(`/v1/invoices/${uuidv7(1)}`)).status).toBe(404);
  });

  test('regenerate voids, credits and issues anew, once', async () => {
    const { id, number } = await invoiceOf('beta');
    await putUsage('beta', '2025-03-11T12:00:00Z', '500');
    expect((await other.api.post(`/v1/admin/invoices/${id}/regenerate`)).status).toBe(404);
    expect((await own.api.post(`/v1/admin/invoices/${id}/regenerate`, { reason: '' })).status).toBe(422);
    const { status, body, headers } = await own.api.post(`/v1/admin/invoices/${id}/regenerate`, {
      reason: 'late usage',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      voided: {
        id,
        number,
        state: 'voided',
        total: '12.00',
        voided: { reason: 'late usage', credit_note: { id: body.credit_note.id } },
        replaced_by: { id: body.invoice.id },
      },
      credit_note: { kind: 'credit_note', total: '-12.00', corrects: { id, number, reason: 'late usage' } },
      invoice: { total: '13.00', replaces: { id, number } },
    });
    expect((await own.api.get(headers.get('location') as string)).body).toEqual(body.invoice);
    expect((await own.api.get(`/v1/invoices/${id}`)).body).toEqual(body.voided);
    expect((await own.api.get(`/v1/credit-notes/${body.credit_note.id}`)).body).toEqual(body.credit_note);
    expect((await own.api.get('/v1/credit-notes?customer=beta')).body.data).toMatchObject([
      { id: body.credit_note.id },
    ]);
    const pdf = await own.api.get(`/v1/credit-notes/${body.credit_note.id}/pdf`);
    expect([pdf.status, pdf.bytes.subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
    const again = await own.api.post(`/v1/admin/invoices/${id}/regenerate`);
    expect([again.status, again.body.code]).toEqual([409, 'invoice_not_live']);
    expect(again.body.detail).toContain(body.invoice.number);
    expect((await own.api.post(`/v1/admin/invoices/${body.credit_note.id}/regenerate`)).body).toMatchObject({
      status: 409,
      code: 'invoice_not_live',
    });
  });

  test('of two that regenerate at once one does', async () => {
    const { id } = await invoiceOf('acme');
    const answers = await Promise.all([0, 1, 2].map(() => own.api.post(`/v1/admin/invoices/${id}/regenerate`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});
