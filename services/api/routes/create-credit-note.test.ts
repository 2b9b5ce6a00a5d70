import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { bill, billingFixture, NEXT_MONTH, PAST_MONTH } from '#tests/support/billing.ts';

/* What happens to an invoice after it is final: balances that pay it, credit notes, voiding. */

let api: TestApi;
let fixture: ReturnType<typeof billingFixture>;

beforeAll(async () => {
  api = await startTestApi();
  fixture = billingFixture(api.owner);
});
afterAll(() => api?.stop());

/** Fees of 100 and 50 with 20 % tax: an invoice of 180.00 for March. `before`: what the customer has. */
async function invoiced(before: { prepaid?: string; credit?: string } = {}) {
  const { id: organizationId, api: own } = await api.organization({ grace_minutes: 0 });
  await own.post('/v1/tax-rates', {
    key: 'vat',
    name: 'VAT',
    percent: '20',
    inclusive: false,
    valid_from: '2020-01-01',
  });
  const planId = await fixture.plan(organizationId, [
    { key: 'base', price: { model: 'flat', amount: '100' } },
    { key: 'more', price: { model: 'flat', amount: '50' } },
  ]);
  await fixture.simpleCustomer(organizationId, 'acme', planId);
  await own.patch('/v1/customers/acme', { tax_rates: ['vat'] });
  for (const [account, amount] of Object.entries(before))
    await own.post('/v1/customers/acme/balance-adjustments', { account, currency: 'EUR', amount, reason: 'Test' });
  await bill(api.owner, api.worker, organizationId, {}, PAST_MONTH);
  const [{ id }] = (await own.get('/v1/invoices')).body.data;
  const pay = (amount: string) =>
    own.post('/v1/payments', {
      invoice: id,
      amount,
      currency: 'EUR',
      received_on: '2026-01-01',
      method: 'bank_transfer',
    });
  const invoice = async () => (await own.get(`/v1/invoices/${id}`)).body;
  const note = (body: Record<string, unknown>) =>
    own.post('/v1/credit-notes', { invoice: id, reason: 'Sorry', ...body });
  const balances = async () => {
    const [only] = (await own.get('/v1/customers/acme/balances')).body.data;
    return only ? [only.credit, only.prepaid] : ['0.00', '0.00'];
  };
  return { organizationId, own, id, pay, invoice, note, balances };
}

describe('balances pay invoices', () => {
  test('the gross amount, credit first, and only as far as they reach', async () => {
    const { invoice, balances } = await invoiced({ prepaid: '100', credit: '30' });
    expect(await invoice()).toMatchObject({
      total: '180.00',
      credit_applied: '30.00',
      prepaid_applied: '100.00',
      amount_due: '50.00',
      payment: { status: 'open', amount_due: '50.00', amount_remaining: '50.00' },
    });
    expect(await balances()).toEqual(['0.00', '0.00']);
  });

  test('wholly: nothing is due, what is left pays the next', async () => {
    const { own, invoice, balances, organizationId } = await invoiced({ prepaid: '300' });
    expect(await invoice()).toMatchObject({
      prepaid_applied: '180.00',
      amount_due: '0.00',
      payment: { status: 'paid' },
    });
    await bill(api.owner, api.worker, organizationId, {}, NEXT_MONTH);
    expect((await own.get('/v1/invoices')).body.data[0]).toMatchObject({
      prepaid_applied: '120.00',
      amount_due: '60.00',
    });
    expect(await balances()).toEqual(['0.00', '0.00']);
  });
});

describe('credit notes', () => {
  test('of an unpaid invoice take off what is to be paid, with its tax; to the cent, and never more', async () => {
    const { note, invoice } = await invoiced();
    const first = await note({ lines: [{ line: 1, amount: '0.01' }, { line: 2 }] });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      kind: 'credit_note',
      number: expect.stringMatching(/^CN-\d{4}-000001$/),
      total: '-60.01',
      tax_total: '-10.00',
      settlement: { offset: '60.01', refund: '0.00', credit: '0.00' },
      lines: [
        { net: '-0.01', of: { position: 1 } },
        { net: '-50.00', of: { position: 2 } },
      ],
      taxes: [{ key: 'vat', base: '-50.01', amount: '-10.00' }],
    });
    expect((await invoice()).payment).toMatchObject({ amount_remaining: '119.99' });
    expect((await note({ lines: [{ line: 2 }, { line: 1, amount: '120' }, { line: 3 }] })).body.errors).toMatchObject([
      { pointer: '/lines/0/line' },
      { pointer: '/lines/1/amount', detail: expect.stringContaining('only 119.99 EUR') },
      { pointer: '/lines/2/line' },
    ]);
    expect((await note({ amount: '50' })).body).toMatchObject({ total: '-50.00' });
    expect((await note({ full: true })).body).toMatchObject({ total: '-69.99' });
    expect((await invoice()).payment).toMatchObject({ amount_remaining: '0.00', status: 'paid' });
    expect((await note({ full: true })).body.errors[0].detail).toContain('all of it was given back');
    const { rows } = await api.owner.query(
      "SELECT sum(total)::text AS total, sum(tax_total)::text AS tax FROM invoices WHERE corrects_id IS NOT NULL AND currency = 'EUR' AND corrects_id = $1",
      [(await invoice()).id],
    );
    expect(Object.values(rows[0])).toEqual(['-180.00', '-30.00']);
  });

  test('of a paid one become credit, or a refund up to what was paid', async () => {
    const { note, pay, balances, invoice, own, id } = await invoiced({ prepaid: '80' });
    await pay('100');
    expect((await note({ amount: '30' })).body.settlement).toEqual({ offset: '0.00', refund: '0.00', credit: '30.00' });
    expect(await balances()).toEqual(['30.00', '0.00']);
    const refund = { amount: '40', settlement: { refund: '40' } };
    expect((await note(refund)).body.settlement).toEqual({ offset: '0.00', refund: '40.00', credit: '0.00' });
    // 60 of the payment are not promised yet.
    const tooMuch = await note({ amount: '61', settlement: { refund: '61' } });
    expect(tooMuch.body.errors).toMatchObject([
      { pointer: '/settlement/refund', detail: expect.stringContaining('60.00') },
    ]);
    expect((await note({ amount: '10', settlement: { offset: '1', credit: '9' } })).body.errors[0].pointer).toBe(
      '/settlement/offset',
    );
    expect((await note({ amount: '10', settlement: { refund: '1', credit: '1' } })).body.errors[0].pointer).toBe(
      '/settlement',
    );
    const [payment] = (await own.get(`/v1/payments?invoice=${id}`)).body.data;
    await own.post(`/v1/payments/${payment.id}/refunds`, { amount: '40', reason: 'As promised' });
    expect((await invoice()).payment).toMatchObject({ status: 'paid', amount_remaining: '0.00', amount_paid: '60.00' });
    expect((await note({ amount: '60', settlement: { refund: '60' } })).status).toBe(201);
  });

  test('in part unpaid: off that first', async () => {
    const { note, pay, balances } = await invoiced();
    await pay('150');
    expect((await note({ amount: '50' })).body.settlement).toEqual({
      offset: '30.00',
      refund: '0.00',
      credit: '20.00',
    });
    expect(await balances()).toEqual(['20.00', '0.00']);
  });

  test('a preview says the same and stores nothing', async () => {
    const { own, id, note } = await invoiced();
    const wanted = { invoice: id, reason: 'Sorry', amount: '12' };
    const { body: preview } = await own.post('/v1/credit-notes/preview', wanted);
    expect(preview).toMatchObject({ total: '-12.00', settlement: { offset: '12.00' } });
    expect((await own.get('/v1/credit-notes')).body.data).toEqual([]);
    expect((await note({ amount: '12' })).body).toMatchObject(preview);
  });

  test('twenty at once never give back more than there is', async () => {
    const { note, own } = await invoiced();
    const answers = await Promise.all(Array.from({ length: 20 }, () => note({ amount: '50' })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect((await own.get('/v1/credit-notes')).body.data.map((one: { total: string }) => one.total)).toEqual([
      '-50.00',
      '-50.00',
      '-50.00',
    ]);
  });

  test.each([
    ['', {}],
    ['', { full: true, amount: '1' }],
    ['/amount', { amount: '0' }],
    ['/amount', { amount: '1.001' }],
    ['/amount', { amount: '180.01' }],
    ['/invoice', { invoice: '00000000-0000-7000-8000-000000000000', full: true }],
    ['/lines', { lines: [] }],
    ['/reason', { reason: '', full: true }],
  ])('%s wrong: 422', async (pointer, changes) => {
    const { note } = await invoiced();
    const { status, body } = await note(changes);
    expect([status, body.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('voiding', () => {
  test('takes all back, gives balances what they paid, and what it billed stays settled', async () => {
    const { own, id, invoice, balances, organizationId } = await invoiced({ prepaid: '100', credit: '30' });
    const { status, body } = await own.post(`/v1/invoices/${id}/void`, { reason: 'Wrong customer' });
    expect(status).toBe(201);
    expect(body.credit_note).toMatchObject({
      total: '-180.00',
      settlement: { offset: '50.00', refund: '0.00', credit: '130.00' },
    });
    expect(await invoice()).toMatchObject({ state: 'voided', payment: { status: 'voided', amount_remaining: '0.00' } });
    expect(await balances()).toEqual(['30.00', '100.00']);
    expect(await bill(api.owner, api.worker, organizationId, {}, PAST_MONTH)).toMatchObject({ invoicesCreated: 0 });
    expect((await own.post(`/v1/invoices/${id}/void`, { reason: 'Again' })).body).toMatchObject({
      code: 'invoice_not_live',
    });
    expect((await own.post('/v1/credit-notes', { invoice: id, reason: 'r', full: true })).body.code).toBe(
      'invoice_not_live',
    );
  });

  test('bills again when it is asked to', async () => {
    const { own, id, organizationId } = await invoiced();
    await own.post(`/v1/invoices/${id}/void`, { reason: 'Wrong price', bill_again: true });
    expect(await bill(api.owner, api.worker, organizationId, {}, PAST_MONTH)).toMatchObject({ invoicesCreated: 1 });
  });

  test.each(['void', 'regenerate'])('%s: not what is paid or credited', async (way) => {
    const { own, id, pay, note } = await invoiced();
    const path = way === 'void' ? `/v1/invoices/${id}/void` : `/v1/admin/invoices/${id}/regenerate`;
    await pay('10');
    const paid = await own.post(path, { reason: 'r' });
    expect(paid.body).toMatchObject({ code: 'invoice_not_live', detail: expect.stringContaining('Payments of 10') });
    const [payment] = (await own.get(`/v1/payments?invoice=${id}`)).body.data;
    await own.post(`/v1/payments/${payment.id}/refunds`, { amount: '10', reason: 'r' });
    await note({ amount: '10' });
    expect((await own.post(path, { reason: 'r' })).body.detail).toContain('CN-');
  });

  test('issued anew, balances pay the new one', async () => {
    const { own, id, balances } = await invoiced({ prepaid: '100' });
    const { body } = await own.post(`/v1/admin/invoices/${id}/regenerate`, { reason: 'r' });
    expect(body.invoice).toMatchObject({ prepaid_applied: '100.00', amount_due: '80.00' });
    expect(body.credit_note.settlement).toEqual({ offset: '80.00', refund: '0.00', credit: '100.00' });
    expect(await balances()).toEqual(['0.00', '0.00']);
  });
});

describe('another currency than the seller’s own', () => {
  test('the rate of the day is frozen on invoice and credit note; without one nobody is billed', async () => {
    const { id: organizationId, api: own } = await api.organization({ grace_minutes: 0, currency: 'USD' });
    const planId = await fixture.plan(organizationId, [{ key: 'base', price: { model: 'flat', amount: '100' } }]);
    await fixture.simpleCustomer(organizationId, 'acme', planId);
    const at = { clock: () => Date.parse('2025-04-05T12:00:00Z') };
    const run = await bill(api.owner, api.worker, organizationId, at, PAST_MONTH);
    const { rows } = await api.owner.query('SELECT code, detail FROM billing_run_parked WHERE billing_run_id = $1', [
      run.id,
    ]);
    expect(rows).toEqual([
      { code: 'missing_exchange_rate', detail: expect.stringContaining('from EUR to USD for 2025-04-05') },
    ]);
    await own.post('/v1/exchange-rates', { from: 'EUR', to: 'USD', rate: '1.0845', date: '2025-04-04', source: 'ECB' });
    await bill(api.owner, api.worker, organizationId, at, PAST_MONTH);
    const [{ id }] = (await own.get('/v1/invoices')).body.data;
    const exchange = { currency: 'USD', rate: '1.0845', date: '2025-04-04', source: 'ECB' };
    expect((await own.get(`/v1/invoices/${id}`)).body.exchange).toEqual({
      ...exchange,
      total_excluding_tax: '108.45',
      tax_total: '0.00',
      total: '108.45',
    });
    const note = await own.post('/v1/credit-notes', { invoice: id, reason: 'r', amount: '10' });
    expect(note.body.exchange).toMatchObject({ ...exchange, total: '-10.85' });
  });
});
