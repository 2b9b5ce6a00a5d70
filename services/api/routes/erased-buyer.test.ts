import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { billingFixture, billWithoutPages, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';

let api: TestApi;
let own: TestApiClient;
let invoice: string;

/** One invoice of a customer that was erased from it since. */
beforeAll(async () => {
  api = await startTestApi();
  const { id, api: client } = await api.organization({
    time_zone: 'UTC',
    seller: { name: 'Nordwind' },
    grace_minutes: 0,
  });
  own = client;
  const fixture = billingFixture(api.owner);
  const meterId = await fixture.meter(id);
  await fixture.simpleCustomer(id, 'acme', await fixture.simplePlan(id, meterId));
  await fixture.usage(id, meterId, 'acme', HOUR_IN_PAST_MONTH, '1000');
  await billWithoutPages(api.owner, api.worker, id);
  [{ id: invoice }] = await fixture.documents(id);
  await api.owner.query('SELECT redact_buyer($1, $2)', [id, invoice]);
});
afterAll(() => api?.stop());

test.each([
  '/v1/invoices',
  '/v1/invoices/{id}',
  '/v1/invoices/{id}/pdf',
  '/v1/invoices/{id}/verify',
  '/v1/invoices/{id}/lines/1/explain',
  '/v1/exports/invoices',
  '/v1/exports/invoices?format=csv',
  '/v1/exports/invoice-lines',
  '/v1/changes',
  '/v1/chain-heads',
])('an invoice whose buyer was erased is still shown: GET %s', async (path) => {
  const answer = await own.get(path.replace('{id}', invoice));
  expect([path, answer.status]).toEqual([path, 200]);
});

test('and can be paid, credited, refunded and issued anew, to a buyer who stays erased on what corrects it', async () => {
  const paid = await own.post('/v1/payments', {
    invoice,
    amount: '2.00',
    currency: 'EUR',
    received_on: '2025-05-01',
    method: 'cash',
  });
  expect(paid.status).toBe(201);
  expect((await own.post(`/v1/payments/${paid.body.id}/refunds`, { amount: '2.00', reason: 'r' })).status).toBe(201);
  const preview = await own.post('/v1/credit-notes/preview', { invoice, reason: 'r', amount: '1.00' });
  expect([preview.status, preview.body.code]).toEqual([200, undefined]);
  const again = await own.post(`/v1/admin/invoices/${invoice}/regenerate`);
  expect(again.status).toBe(201);
  const note = await own.post('/v1/credit-notes', { invoice: again.body.invoice.id, reason: 'r', amount: '1.00' });
  expect(note.status).toBe(201);
  const pdf = await own.get(`/v1/credit-notes/${again.body.credit_note.id}/pdf`);
  expect(pdf.status).toBe(200);
  expect((await own.get(`/v1/invoices/${again.body.invoice.id}/verify`)).body).toMatchObject({ ok: true });
});
