import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pointersOf } from '#tests/support/catalog.ts';
import { voidInvoice } from '#tests/support/invoices.ts';
import { outcome, startPayments, type TestPayments } from '#tests/support/payments.ts';

let world: TestPayments;
beforeAll(async () => {
  world = await startPayments();
});
afterAll(() => world?.api.stop());

const newInvoice: TestPayments['newInvoice'] = (changes) => world.newInvoice(changes);
const pay: TestPayments['pay'] = (invoice, changes) => world.pay(invoice, changes);
const refund: TestPayments['refund'] = (payment, amount, more) => world.refund(payment, amount, more);
const stateOf: TestPayments['stateOf'] = (invoice) => world.stateOf(invoice);
const creditOf: TestPayments['creditOf'] = (key) => world.creditOf(key);
const toldOf: TestPayments['toldOf'] = (...subjects) => world.toldOf(...subjects);

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
    const told = { id: randomUUID() };
    const answers = await Promise.all([1, 2, 3].map(() => refund(payment.id, '10.00', told)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(await stateOf(id)).toMatchObject({ amount_paid: '30.00' });
    expect(outcome(await refund(payment.id, '10.01', told))).toEqual([409, 'id_mismatch']);
    expect(outcome(await refund(payment.id, '10.00', { ...told, reason: 'x' }))).toEqual([409, 'id_mismatch']);
    expect(outcome(await refund((await pay(id)).body.id, '10.00', told))).toEqual([409, 'id_mismatch']);
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
    await voidInvoice(world.api.owner, world.ownId, customerId, id);
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

test.each(['payments', 'payment_refunds'])('rows of %s never change, for the owner neither', async (table) => {
  const { id } = await newInvoice();
  await refund((await pay(id)).body.id, '1');
  for (const sql of [`UPDATE ${table} SET amount = 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`])
    await expect(world.api.owner.query(sql)).rejects.toThrow(/never change/);
});
