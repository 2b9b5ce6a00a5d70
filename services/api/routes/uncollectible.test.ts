import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { newCustomer, pointersOf } from '#tests/support/catalog.ts';
import { putInvoice, voidInvoice } from '#tests/support/invoices.ts';

let api: TestApi;
let own: TestApiClient;
let ownId: number;
let other: TestApiClient;
let customerId: string;

beforeAll(async () => {
  api = await startTestApi();
  const organization = await api.organization();
  ownId = organization.id;
  own = organization.api;
  other = (await api.organization()).api;
  const key = await newCustomer(own);
  customerId = (await api.owner.query('SELECT id FROM customers WHERE key = $1', [key])).rows[0].id;
});
afterAll(() => api?.stop());

const newInvoice = () => putInvoice(api.owner, { organizationId: ownId, customerId });
const mark = (id: string, reason = 'Bankrupt') => own.post(`/v1/invoices/${id}/mark-uncollectible`, { reason });
const unmark = (id: string) => own.delete(`/v1/invoices/${id}/mark-uncollectible`);
const pay = (invoice: string, amount: string) =>
  own.post('/v1/payments', { invoice, amount, currency: 'EUR', received_on: '2025-02-01', method: 'cash' });
const toldOf = async (subject: string) =>
  (await api.owner.query('SELECT type FROM outbox WHERE subject = $1 ORDER BY id', [subject])).rows.map(
    ({ type }) => type,
  );

test('an invoice is given up, expected again and given up again; the history stays', async () => {
  const id = await newInvoice();
  const marked = await mark(id);
  expect(marked.status).toBe(200);
  expect(marked.body).toMatchObject({
    invoice: { id },
    payment: { status: 'uncollectible', amount_remaining: '100.00' },
    marks: [{ uncollectible: true, reason: 'Bankrupt' }],
  });
  expect((await unmark(id)).body).toMatchObject({ payment: { status: 'open' } });
  expect((await mark(id, 'Gone')).body.marks).toMatchObject([
    { uncollectible: true, reason: 'Bankrupt' },
    { uncollectible: false, reason: null },
    { uncollectible: true, reason: 'Gone' },
  ]);
  expect(await toldOf(id)).toEqual([
    'invoice.marked_uncollectible',
    'invoice.unmarked_uncollectible',
    'invoice.marked_uncollectible',
  ]);
});

test('asked twice, also at once and in capitals, it happens once; another reason is refused', async () => {
  const id = await newInvoice();
  const answers = await Promise.all([mark(id), mark(id.toUpperCase()), mark(id)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.map(({ body }) => body.marks.length)).toEqual([1, 1, 1]);
  expect((await mark(id, 'Gone')).body).toMatchObject({ status: 409, code: 'invoice_state' });
  await unmark(id);
  expect((await unmark(id)).body.marks).toHaveLength(2);
});

test('what is given up can be paid all the same; what is paid cannot be given up', async () => {
  const id = await newInvoice();
  await mark(id);
  await pay(id, '40');
  expect((await own.get(`/v1/invoices/${id}`)).body.payment).toMatchObject({
    status: 'uncollectible',
    amount_remaining: '60.00',
  });
  await pay(id, '60');
  expect((await own.get(`/v1/invoices/${id}`)).body.payment.status).toBe('paid');
  expect(await toldOf(id)).toEqual(['invoice.marked_uncollectible', 'invoice.paid']);
  const paid = await newInvoice();
  await pay(paid, '100');
  expect((await mark(paid)).body).toMatchObject({ status: 409, code: 'invoice_state' });
});

test('neither voided invoices, credit notes, those of others nor none', async () => {
  const id = await newInvoice();
  await voidInvoice(api.owner, ownId, customerId, id);
  expect((await mark(id)).body).toMatchObject({ status: 409, code: 'invoice_not_live' });
  const note = await putInvoice(api.owner, { organizationId: ownId, customerId, kind: 'credit_note', corrects: id });
  expect((await mark(note)).status).toBe(404);
  const live = await newInvoice();
  expect((await other.post(`/v1/invoices/${live}/mark-uncollectible`, { reason: 'x' })).status).toBe(404);
  expect((await other.delete(`/v1/invoices/${live}/mark-uncollectible`)).status).toBe(404);
  expect(pointersOf((await own.post(`/v1/invoices/${live}/mark-uncollectible`, {})).body)).toEqual(['/reason']);
});

test('marks never change, for the owner neither', async () => {
  await mark(await newInvoice());
  for (const sql of [
    "UPDATE uncollectible_marks SET reason = 'x'",
    'DELETE FROM uncollectible_marks',
    'TRUNCATE uncollectible_marks',
  ])
    await expect(api.owner.query(sql)).rejects.toThrow(/never change/);
});
