import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allOf, newCustomer, pointersOf } from '#tests/support/catalog.ts';
import { putInvoice, voidInvoice } from '#tests/support/invoices.ts';
import { PAYMENT, startPayments, type TestPayments } from '#tests/support/payments.ts';

let world: TestPayments;
beforeAll(async () => {
  world = await startPayments();
});
afterAll(() => world?.api.stop());

const newInvoice: TestPayments['newInvoice'] = (changes) => world.newInvoice(changes);
const pay: TestPayments['pay'] = (invoice, changes) => world.pay(invoice, changes);

describe('lists', () => {
  test('payments by invoice and customer, newest first', async () => {
    const { id, key, customerId } = await newInvoice();
    const another = await putInvoice(world.api.owner, { organizationId: world.ownId, customerId });
    for (const [invoice, amount] of [
      [id, '1.00'],
      [another, '2.00'],
      [id, '3.00'],
    ] as const)
      await pay(invoice, { amount });
    const amounts = (all: Record<string, unknown>[]) => all.map(({ amount }) => amount);
    expect(amounts((await world.own.get(`/v1/payments?customer=${key}`)).body.data)).toEqual(['3.00', '2.00', '1.00']);
    expect(amounts((await world.own.get(`/v1/payments?invoice=${id}`)).body.data)).toEqual(['3.00', '1.00']);
    expect(amounts(await allOf(world.own, '/v1/payments')).slice(0, 3)).toEqual(['3.00', '2.00', '1.00']);
    expect((await world.own.get('/v1/payments?customer=nobody')).body.data).toEqual([]);
    expect((await world.own.get('/v1/payments?cursor=nonsense')).status).toBe(422);
  });

  test('invoices by the status of their payment', async () => {
    const { id: open, key, customerId } = await newInvoice();
    const put = (dueDate = '2026-10-15') =>
      putInvoice(world.api.owner, { organizationId: world.ownId, customerId, dueDate });
    const ids: Record<string, string> = { open };
    for (const status of ['partially_paid', 'paid', 'uncollectible', 'voided']) ids[status] = await put();
    ids.overdue = await put('2026-10-14');
    await pay(ids.partially_paid as string);
    await pay(ids.paid as string, { amount: '100' });
    await world.own.post(`/v1/invoices/${ids.uncollectible}/mark-uncollectible`, { reason: 'Bankrupt' });
    await voidInvoice(world.api.owner, world.ownId, customerId, ids.voided as string);
    for (const [status, id] of Object.entries(ids)) {
      const { body } = await world.own.get(`/v1/invoices?customer=${key}&status=${status}`);
      expect(body.data).toMatchObject([{ id, payment: { status } }]);
    }
    const { data } = (await world.own.get(`/v1/invoices?customer=${key}`)).body;
    expect(data).toHaveLength(6);
    expect((await world.own.get('/v1/invoices?status=lost')).status).toBe(422);
    expect((await world.own.get('/v1/credit-notes?status=open')).status).toBe(422);
    expect((await world.own.get(`/v1/credit-notes?customer=${key}`)).body.data).toMatchObject([{ payment: null }]);
  });

  test('what belongs to others is not there', async () => {
    const { id } = await newInvoice();
    const payment = (await pay(id)).body;
    expect((await world.other.get(`/v1/payments/${payment.id}`)).status).toBe(404);
    expect((await world.other.post(`/v1/payments/${payment.id}/refunds`, { amount: '1', reason: 'x' })).status).toBe(
      404,
    );
    expect((await world.other.get('/v1/payments')).body.data).toEqual([]);
    expect(pointersOf((await world.other.post('/v1/payments', { ...PAYMENT, invoice: id })).body)).toEqual([
      '/invoice',
    ]);
    // What one organization calls a payment does not keep another from it.
    const { api: third, id: thirdId } = await world.api.organization();
    const key = await newCustomer(third);
    const customerId = (await world.api.owner.query('SELECT id FROM customers WHERE key = $1', [key])).rows[0].id;
    const invoice = await putInvoice(world.api.owner, { organizationId: thirdId, customerId });
    expect((await third.post('/v1/payments', { ...PAYMENT, invoice, id: payment.id })).status).toBe(201);
  });
});
