import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestAnswer, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { allOf, newCustomer, pointersOf } from '#tests/support/catalog.ts';
import { type InvoiceInput, putInvoice, voidInvoice } from '#tests/support/invoices.ts';

const NOW = Date.parse('2026-10-15T12:00:00Z');

let api: TestApi;
let own: TestApiClient;
let ownId: number;
let other: TestApiClient;

beforeAll(async () => {
  api = await startTestApi({ now: () => NOW });
  const organization = await api.organization();
  ownId = organization.id;
  own = organization.api;
  other = (await api.organization()).api;
});
afterAll(() => api?.stop());

const PAYMENT = { amount: '40.00', currency: 'EUR', received_on: '2026-10-14', method: 'bank_transfer' };

async function newInvoice(changes: Partial<InvoiceInput> = {}) {
  const key = await newCustomer(own);
  const { rows } = await api.owner.query('SELECT id FROM customers WHERE key = $1 AND organization_id = $2', [
    key,
    ownId,
  ]);
  const customerId = rows[0].id as string;
  const id = await putInvoice(api.owner, { organizationId: ownId, customerId, ...changes });
  return { id, key, customerId };
}

const pay = (invoice: string, changes: object = {}) => own.post('/v1/payments', { ...PAYMENT, invoice, ...changes });
const refund = (payment: string, amount: string, more: object = {}) =>
  own.post(`/v1/payments/${payment}/refunds`, { amount, reason: 'Sent back', ...more });
const stateOf = async (invoice: string) => (await own.get(`/v1/invoices/${invoice}`)).body.payment;
const creditOf = async (key: string) => (await own.get(`/v1/customers/${key}/balances`)).body.data;
const toldOf = async (...subjects: string[]) =>
  (await api.owner.query('SELECT type FROM outbox WHERE subject = ANY($1) ORDER BY id', [subjects])).rows.map(
    ({ type }) => type,
  );
const outcome = ({ status, body }: TestAnswer) => [status, body.code];

describe('a payment', () => {
  test('of a part, then of the rest', async () => {
    const { id, key } = await newInvoice();
    const first = await pay(id, { reference: 'B-17' });
    expect([first.status, first.headers.get('location')]).toEqual([201, `/v1/payments/${first.body.id}`]);
    expect(first.body).toMatchObject({
      ...PAYMENT,
      invoice: { id },
      customer: key,
      applied: '40.00',
      credited: '0.00',
      refunded: '0.00',
      reference: 'B-17',
      refunds: [],
    });
    expect((await own.get(`/v1/payments/${first.body.id}`)).body).toEqual(first.body);
    expect(await stateOf(id)).toEqual({
      status: 'partially_paid',
      amount_due: '100.00',
      amount_paid: '40.00',
      amount_remaining: '60.00',
    });
    const second = await pay(id, { amount: '60' });
    expect(await stateOf(id)).toMatchObject({ status: 'paid', amount_paid: '100.00', amount_remaining: '0.00' });
    expect(await toldOf(id, first.body.id, second.body.id)).toEqual([
      'payment.received',
      'payment.received',
      'invoice.paid',
    ]);
  });

  test('is never more than is left to pay', async () => {
    const { id } = await newInvoice();
    await pay(id);
    const { status, body } = await pay(id, { amount: '60.01' });
    expect([status, body.code]).toEqual([409, 'payment_too_high']);
    expect(body.detail).toMatch(/60\.00 EUR are left to pay; 60\.01 are 0\.01 more/);
    expect(await stateOf(id)).toMatchObject({ amount_remaining: '60.00' });
  });

  test('of more than is left goes to the credit balance when asked to', async () => {
    const { id, key } = await newInvoice();
    const { body } = await pay(id, { amount: '130.00', overpayment: 'credit' });
    expect(body).toMatchObject({ amount: '130.00', applied: '100.00', credited: '30.00' });
    expect(await stateOf(id)).toMatchObject({ status: 'paid', amount_paid: '100.00' });
    expect(await creditOf(key)).toEqual([{ currency: 'EUR', prepaid: '0.00', credit: '30.00' }]);
    const [transaction] = (await own.get(`/v1/customers/${key}/balance-transactions`)).body.data;
    expect(transaction).toMatchObject({ id: body.id, kind: 'overpayment', entries: [{ amount: '30.00' }] });
    const more = await pay(id, { amount: '1.00', overpayment: 'credit' });
    expect(more.body).toMatchObject({ applied: '0.00', credited: '1.00' });
    expect(await toldOf(id)).toEqual(['invoice.paid']);
  });

  test('of less than is left puts nothing there', async () => {
    const { id, key } = await newInvoice();
    expect((await pay(id, { overpayment: 'credit' })).body).toMatchObject({ applied: '40.00', credited: '0.00' });
    expect(await creditOf(key)).toEqual([]);
  });

  test('is due as its document says, where that is not its total', async () => {
    const { id } = await newInvoice({ document: { amount_due: '25.00' } });
    expect(await stateOf(id)).toMatchObject({ amount_due: '25.00', amount_remaining: '25.00' });
    expect(outcome(await pay(id))).toEqual([409, 'payment_too_high']);
    expect((await pay(id, { amount: '25' })).status).toBe(201);
  });

  test('told twice is taken once, also at once; other fields under its id are refused', async () => {
    const { id, key } = await newInvoice();
    const wanted = { id: randomUUID(), amount: '110.00', overpayment: 'credit' };
    const answers = await Promise.all([pay(id, wanted), pay(id, wanted), pay(id, { ...wanted, amount: '110' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await creditOf(key)).toMatchObject([{ credit: '10.00' }]);
    const elsewhere = (await newInvoice()).id;
    for (const [invoice, changes] of [
      [id, { amount: '110.01' }],
      [id, { method: 'cash' }],
      [id, { received_on: '2026-10-13' }],
      [id, { reference: 'x' }],
      [id, { overpayment: undefined }],
      [elsewhere, {}],
    ] as const)
      expect(outcome(await pay(invoice, { ...wanted, ...changes }))).toEqual([409, 'id_mismatch']);
    expect(await stateOf(elsewhere)).toMatchObject({ status: 'open' });
  });

  test('with one id for two invoices at once is taken for one of them', async () => {
    const [one, two] = [await newInvoice(), await newInvoice()];
    const id = randomUUID();
    const answers = await Promise.all([pay(one.id, { id }), pay(two.id, { id })]);
    expect(answers.map(outcome).sort()).toEqual([
      [201, undefined],
      [409, 'id_mismatch'],
    ]);
  });

  test('of many at once only what is left is taken', async () => {
    const { id } = await newInvoice();
    const answers = await Promise.all(Array.from({ length: 6 }, () => pay(id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409]);
    expect(await stateOf(id)).toMatchObject({ amount_paid: '80.00', amount_remaining: '20.00' });
    const rest = await Promise.all(Array.from({ length: 3 }, () => pay(id, { overpayment: 'credit' })));
    expect(rest.map(({ body }) => body.credited).sort()).toEqual(['20.00', '40.00', '40.00']);
  });

  test('of a voided invoice is refused', async () => {
    const { id, customerId } = await newInvoice();
    await voidInvoice(api.owner, ownId, customerId, id);
    expect(outcome(await pay(id))).toEqual([409, 'invoice_not_live']);
    expect(await stateOf(id)).toMatchObject({ status: 'voided', amount_remaining: '0.00' });
  });

  test('all faults are told at once', async () => {
    const { id, customerId } = await newInvoice();
    const { body } = await own.post('/v1/payments', {
      invoice: 'x',
      amount: '-1',
      currency: 'E',
      received_on: '1',
      method: 'shells',
      of: 1,
    });
    expect(pointersOf(body).sort()).toEqual(['/amount', '/currency', '/invoice', '/method', '/of', '/received_on']);
    expect(pointersOf((await pay(id, { currency: 'USD', received_on: '2026-10-16' })).body)).toEqual([
      '/currency',
      '/received_on',
    ]);
    expect(pointersOf((await pay(id, { amount: '0.001' })).body)).toEqual(['/amount']);
    expect(pointersOf((await pay(randomUUID())).body)).toEqual(['/invoice']);
    const note = await putInvoice(api.owner, { organizationId: ownId, customerId, kind: 'credit_note', corrects: id });
    expect(pointersOf((await pay(note)).body)).toEqual(['/invoice']);
  });
});

describe('a refund', () => {
  test('takes back what was paid, up to all of it', async () => {
    const { id } = await newInvoice();
    const payment = (await pay(id, { amount: '100' })).body;
    const first = await refund(payment.id, '30.00');
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ refunded: '30.00', refunds: [{ amount: '30.00', reason: 'Sent back' }] });
    expect(await stateOf(id)).toMatchObject({
      status: 'partially_paid',
      amount_paid: '70.00',
      amount_remaining: '30.00',
    });
    const { status, body } = await refund(payment.id, '70.01');
    expect([status, body.code]).toEqual([409, 'refund_too_high']);
    expect(body.detail).toContain('70.00 EUR are left; 70.01 cannot be refunded');
    expect((await refund(payment.id, '70')).status).toBe(201);
    expect(await stateOf(id)).toMatchObject({ status: 'open', amount_paid: '0.00' });
    expect(await toldOf(payment.id)).toEqual(['payment.received', 'payment.refunded', 'payment.refunded']);
  });

  test('leaves alone what went to the credit balance', async () => {
    const { id, key } = await newInvoice();
    const payment = (await pay(id, { amount: '120', overpayment: 'credit' })).body;
    const { body } = await refund(payment.id, '100.01');
    expect(body.code).toBe('refund_too_high');
    expect(body.detail).toContain('20.00 of it went to the credit balance');
    expect((await refund(payment.id, '100')).status).toBe(201);
    expect(await creditOf(key)).toMatchObject([{ credit: '20.00' }]);
  });

  test('told twice is made once, also at once', async () => {
    const { id } = await newInvoice();
    const payment = (await pay(id)).body;
    const own = { id: randomUUID() };
    const answers = await Promise.all([1, 2, 3].map(() => refund(payment.id, '10.00', own)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(await stateOf(id)).toMatchObject({ amount_paid: '30.00' });
    expect(outcome(await refund(payment.id, '10.01', own))).toEqual([409, 'id_mismatch']);
    expect(outcome(await refund(payment.id, '10.00', { ...own, reason: 'x' }))).toEqual([409, 'id_mismatch']);
    expect(outcome(await refund((await pay(id)).body.id, '10.00', own))).toEqual([409, 'id_mismatch']);
  });

  test('of many at once no more is given back than was paid', async () => {
    const { id } = await newInvoice();
    const payment = (await pay(id)).body;
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(payment.id, '15')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
    expect(await stateOf(id)).toMatchObject({ amount_paid: '10.00' });
  });

  test('is made of what was paid on an invoice that was voided later', async () => {
    const { id, customerId } = await newInvoice();
    const payment = (await pay(id)).body;
    await voidInvoice(api.owner, ownId, customerId, id);
    expect((await refund(payment.id, '40')).status).toBe(201);
  });

  test('is of a payment that there is, in its currency', async () => {
    expect((await refund(randomUUID(), '1')).status).toBe(404);
    const { id } = await newInvoice({ currency: 'JPY', total: '1000' });
    const payment = (await pay(id, { currency: 'JPY', amount: '1000' })).body;
    expect(pointersOf((await refund(payment.id, '0.5')).body)).toEqual(['/amount']);
    expect(pointersOf((await refund(payment.id, '0')).body)).toEqual(['/amount']);
  });
});

describe('lists', () => {
  test('payments by invoice and customer, newest first', async () => {
    const { id, key, customerId } = await newInvoice();
    const another = await putInvoice(api.owner, { organizationId: ownId, customerId });
    for (const [invoice, amount] of [
      [id, '1.00'],
      [another, '2.00'],
      [id, '3.00'],
    ] as const)
      await pay(invoice, { amount });
    const amounts = (all: Record<string, unknown>[]) => all.map(({ amount }) => amount);
    expect(amounts((await own.get(`/v1/payments?customer=${key}`)).body.data)).toEqual(['3.00', '2.00', '1.00']);
    expect(amounts((await own.get(`/v1/payments?invoice=${id}`)).body.data)).toEqual(['3.00', '1.00']);
    expect(amounts(await allOf(own, '/v1/payments')).slice(0, 3)).toEqual(['3.00', '2.00', '1.00']);
    expect((await own.get('/v1/payments?customer=nobody')).body.data).toEqual([]);
    expect((await own.get('/v1/payments?cursor=nonsense')).status).toBe(422);
  });

  test('invoices by the status of their payment', async () => {
    const { id: open, key, customerId } = await newInvoice();
    const put = (dueDate = '2026-10-15') => putInvoice(api.owner, { organizationId: ownId, customerId, dueDate });
    const ids: Record<string, string> = { open };
    for (const status of ['partially_paid', 'paid', 'uncollectible', 'voided']) ids[status] = await put();
    ids.overdue = await put('2026-10-14');
    await pay(ids.partially_paid as string);
    await pay(ids.paid as string, { amount: '100' });
    await own.post(`/v1/invoices/${ids.uncollectible}/mark-uncollectible`, { reason: 'Bankrupt' });
    await voidInvoice(api.owner, ownId, customerId, ids.voided as string);
    for (const [status, id] of Object.entries(ids)) {
      const { body } = await own.get(`/v1/invoices?customer=${key}&status=${status}`);
      expect(body.data).toMatchObject([{ id, payment: { status } }]);
    }
    const { data } = (await own.get(`/v1/invoices?customer=${key}`)).body;
    expect(data).toHaveLength(6);
    expect((await own.get('/v1/invoices?status=lost')).status).toBe(422);
    expect((await own.get('/v1/credit-notes?status=open')).status).toBe(422);
    expect((await own.get(`/v1/credit-notes?customer=${key}`)).body.data).toMatchObject([{ payment: null }]);
  });

  test('what belongs to others is not there', async () => {
    const { id } = await newInvoice();
    const payment = (await pay(id)).body;
    expect((await other.get(`/v1/payments/${payment.id}`)).status).toBe(404);
    expect((await other.post(`/v1/payments/${payment.id}/refunds`, { amount: '1', reason: 'x' })).status).toBe(404);
    expect((await other.get('/v1/payments')).body.data).toEqual([]);
    expect(pointersOf((await other.post('/v1/payments', { ...PAYMENT, invoice: id })).body)).toEqual(['/invoice']);
    // What one organization calls a payment does not keep another from it.
    const { api: third, id: thirdId } = await api.organization();
    const key = await newCustomer(third);
    const customerId = (await api.owner.query('SELECT id FROM customers WHERE key = $1', [key])).rows[0].id;
    const invoice = await putInvoice(api.owner, { organizationId: thirdId, customerId });
    expect((await third.post('/v1/payments', { ...PAYMENT, invoice, id: payment.id })).status).toBe(201);
  });
});

test.each(['payments', 'payment_refunds'])('rows of %s never change, for the owner neither', async (table) => {
  const { id } = await newInvoice();
  await refund((await pay(id)).body.id, '1');
  for (const sql of [`UPDATE ${table} SET amount = 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`])
    await expect(api.owner.query(sql)).rejects.toThrow(/never change/);
});
