import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pointersOf } from '#tests/support/catalog.ts';
import { putInvoice, voidInvoice } from '#tests/support/invoices.ts';
import { outcome, PAYMENT, startPayments, type TestPayments } from '#tests/support/payments.ts';

let world: TestPayments;
beforeAll(async () => {
  world = await startPayments();
});
afterAll(() => world?.api.stop());

const newInvoice: TestPayments['newInvoice'] = (changes) => world.newInvoice(changes);
const pay: TestPayments['pay'] = (invoice, changes) => world.pay(invoice, changes);
const stateOf: TestPayments['stateOf'] = (invoice) => world.stateOf(invoice);
const creditOf: TestPayments['creditOf'] = (key) => world.creditOf(key);
const toldOf: TestPayments['toldOf'] = (...subjects) => world.toldOf(...subjects);

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
    expect((await world.own.get(`/v1/payments/${first.body.id}`)).body).toEqual(first.body);
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
    const [transaction] = (await world.own.get(`/v1/customers/${key}/balance-transactions`)).body.data;
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
    await voidInvoice(world.api.owner, world.ownId, customerId, id);
    expect(outcome(await pay(id))).toEqual([409, 'invoice_not_live']);
    expect(await stateOf(id)).toMatchObject({ status: 'voided', amount_remaining: '0.00' });
  });

  test('all faults are told at once', async () => {
    const { id, customerId } = await newInvoice();
    const { body } = await world.own.post('/v1/payments', {
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
    const note = await putInvoice(world.api.owner, {
      organizationId: world.ownId,
      customerId,
      kind: 'credit_note',
      corrects: id,
    });
    expect(pointersOf((await pay(note)).body)).toEqual(['/invoice']);
  });
});
