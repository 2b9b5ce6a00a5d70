import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { refreshDrafts } from '#libs/invoicing/drafts/refresh-drafts.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { bill, billingFixture } from '#tests/support/billing.ts';

/* Drafts from the end of a period on, through its grace, to the invoice. */

const MONTH = Temporal.Now.plainDateISO('UTC').with({ day: 1 });
const [BEGIN, END] = [MONTH.subtract({ months: 1 }).toString(), MONTH.toString()];
/** Longer than any month: what ended with the last one is in its grace. */
const GRACE = 44_640;
const HOUR = `${BEGIN}T12:00:00Z`;
const REFRESH = { clock: Date.now, staleAfterMs: 0 };

let api: TestApi;
let fixture: ReturnType<typeof billingFixture>;

beforeAll(async () => {
  api = await startTestApi();
  fixture = billingFixture(api.owner);
});
afterAll(() => api?.stop());

/** A fee of 10 and 0.01 a call, 500 calls last month. */
async function customer(settings: Record<string, unknown> = {}) {
  const { id: organizationId, api: own } = await api.organization({ grace_minutes: GRACE, ...settings });
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.plan(organizationId, [
    { key: 'fee', price: { model: 'flat', amount: '10' } },
    { key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.01' } },
  ]);
  const customerId = await fixture.customer(organizationId, 'acme');
  const term = { startsOn: BEGIN, createdAt: `${BEGIN}T00:00:00Z` };
  const subscriptionId = await fixture.subscription(organizationId, customerId, planId, term);
  const use = (total: string) => fixture.usage(organizationId, meterId, 'acme', HOUR, total);
  await use('500');
  const drafts = async () => (await own.get('/v1/invoice-drafts')).body.data;
  return { organizationId, own, use, drafts, customerId, subscriptionId };
}

const refresh = () => refreshDrafts(api.worker, REFRESH);
const linesOf = (document: { lines: { description: string; amount: string }[] }) =>
  document.lines.map((line) => `${line.description} ${line.amount}`);

describe('the draft of a period', () => {
  test('is there from its end on, is made anew with new usage, keeps what was entered by hand, and becomes the invoice', async () => {
    const { own, use, drafts, organizationId } = await customer();
    await refresh();
    const [draft] = await drafts();
    expect(draft).toMatchObject({ state: 'draft', of: 'period', due_on: END, total: '15.00', customer: 'acme' });
    expect(Date.parse(draft.finalize_at)).toBe(Date.parse(`${END}T00:00:00Z`) + GRACE * 60_000);

    const at = `/v1/invoice-drafts/${draft.id}`;
    const line = { description: 'Set-up', quantity: '2', unit_amount: '1.255' };
    expect((await own.post(`${at}/lines`, line)).body).toMatchObject({ total: '17.51', manual_lines: [line] });
    const discounted = await own.post(`${at}/discounts`, { name: 'Sorry', percent: '10' });
    expect(discounted.body).toMatchObject({ discount_total: '1.75', total: '15.76' });
    await own.patch(at, { payment_terms_days: 3 });

    await use('100');
    await refresh();
    const again = (await own.get(at)).body;
    expect(linesOf(again)).toEqual(['fee 10.00', 'calls 6.00', 'Set-up 2.51']);
    expect(again).toMatchObject({ id: draft.id, total: '16.66', payment_terms_days: 3 });

    const { body: invoice } = await own.post(`/v1/invoices/${draft.id}/finalize`);
    expect(invoice).toMatchObject({
      id: draft.id,
      state: 'finalized',
      total: '16.66',
      number: expect.stringMatching(/000001$/),
    });
    expect(Temporal.PlainDate.from(invoice.issue_date).add({ days: 3 }).toString()).toBe(invoice.due_date);
    expect(await drafts()).toEqual([]);
    // Once and for all: asked again it is the same, and neither drafts nor runs make it again.
    expect((await own.post(`/v1/invoices/${draft.id}/finalize`)).body).toEqual(invoice);
    await refresh();
    expect(await drafts()).toEqual([]);
    const window = { endsAfter: BEGIN, endsUntil: END };
    await api.owner.query('UPDATE organizations SET grace_minutes = 0 WHERE id = $1', [organizationId]);
    expect(await bill(api.owner, api.worker, organizationId, {}, window)).toMatchObject({ invoicesCreated: 0 });
    expect((await own.post(`${at}/lines`, line)).status).toBe(404);
  });

  test('is taken by the run with its id and entries', async () => {
    const { own, drafts, organizationId } = await customer();
    await refresh();
    const [draft] = await drafts();
    await own.post(`/v1/invoice-drafts/${draft.id}/lines`, { description: 'Support', unit_amount: '5' });
    await api.owner.query('UPDATE organizations SET grace_minutes = 0 WHERE id = $1', [organizationId]);
    await bill(api.owner, api.worker, organizationId, {}, { endsAfter: BEGIN, endsUntil: END });
    const { body: invoice } = await own.get(`/v1/invoices/${draft.id}`);
    expect(linesOf(invoice)).toEqual(['fee 10.00', 'calls 5.00', 'Support 5.00']);
    expect(await drafts()).toEqual([]);
  });

  test('a run that made its documents of an older draft makes them again', async () => {
    const { own, drafts, organizationId } = await customer({ grace_minutes: 0 });
    await api.owner.query('UPDATE organizations SET grace_minutes = $2 WHERE id = $1', [organizationId, GRACE]);
    await refresh();
    const [draft] = await drafts();
    await api.owner.query('UPDATE organizations SET grace_minutes = 0 WHERE id = $1', [organizationId]);
    let entered = false;
    const checkpoint = async (step: string) => {
      if (step !== 'collected' || entered) return;
      entered = true;
      await own.post(`/v1/invoice-drafts/${draft.id}/lines`, { description: 'In time', unit_amount: '1' });
    };
    await bill(api.owner, api.worker, organizationId, { checkpoint }, { endsAfter: BEGIN, endsUntil: END });
    const { body } = await own.get('/v1/invoices');
    expect(body.data).toMatchObject([{ id: draft.id, total: '16.00' }]);
  });

  test('finalized eight times at once, it is one invoice', async () => {
    const { own, drafts } = await customer();
    await refresh();
    const [draft] = await drafts();
    const answers = await Promise.all(Array.from({ length: 8 }, () => own.post(`/v1/invoices/${draft.id}/finalize`)));
    expect(new Set(answers.map(({ body }) => body.number)).size).toBe(1);
    expect((await own.get('/v1/invoices')).body.data).toHaveLength(1);
  });

  test('vanishes when nothing of it is to be billed any more; what was entered by hand stays as a draft of its own', async () => {
    const plain = await customer();
    const edited = await customer();
    await refresh();
    const [draft] = await edited.drafts();
    await edited.own.post(`/v1/invoice-drafts/${draft.id}/lines`, { description: 'Set-up', unit_amount: '3' });
    await api.owner.query('UPDATE subscriptions SET ends_on = starts_on');
    expect((await plain.own.post(`/v1/invoices/${(await plain.drafts())[0].id}/finalize`)).body).toMatchObject({
      code: 'not_billable',
    });
    await refresh();
    expect(await plain.drafts()).toEqual([]);
    const [left] = await edited.drafts();
    expect(left).toMatchObject({ id: draft.id, of: 'one_off', finalize_at: null });
    const { body } = await edited.own.post(`/v1/invoices/${draft.id}/finalize`);
    expect(linesOf(body)).toEqual(['Set-up 3.00']);
  });

  test('cannot be thrown away, nor be taken below zero', async () => {
    const { own, drafts } = await customer();
    await refresh();
    const [draft] = await drafts();
    const at = `/v1/invoice-drafts/${draft.id}`;
    expect((await own.delete(at)).body).toMatchObject({
      code: 'not_billable',
      detail: expect.stringContaining('made again'),
    });
    const answer = await own.post(`${at}/lines`, { description: 'Too much', unit_amount: '-15.01' });
    expect(answer.body).toMatchObject({ code: 'not_billable', errors: [{ code: 'negative_total' }] });
    expect((await own.get(at)).body).toMatchObject({ total: '15.00', manual_lines: [] });
    const credited = await own.post(`${at}/lines`, { description: 'Credit', unit_amount: '-15' });
    expect(credited.body).toMatchObject({ total: '0.00' });
  });
});

describe('an invoice of lines entered by hand', () => {
  const lines = [{ description: 'Consulting', quantity: '1.5', unit_amount: '120' }];

  test('is drafted, changed, finalized; taxed by the customer’s rates', async () => {
    const { own } = await customer();
    await own.post('/v1/tax-rates', {
      key: 'vat',
      name: 'VAT',
      percent: '20',
      inclusive: false,
      valid_from: '2020-01-01',
    });
    await own.patch('/v1/customers/acme', { tax_rates: ['vat'] });
    const {
      status,
      body: draft,
      headers,
    } = await own.post('/v1/invoices', { customer: 'acme', currency: 'EUR', lines });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/invoice-drafts/${draft.id}`);
    expect(draft).toMatchObject({
      of: 'one_off',
      subtotal: '180.00',
      tax_total: '36.00',
      total: '216.00',
      period: null,
    });
    const off = await own.post(`/v1/invoice-drafts/${draft.id}/discounts`, { name: 'Friends', amount: '30' });
    expect(off.body).toMatchObject({ discount_total: '30.00', total: '180.00' });
    const { id } = off.body.manual_discounts[0];
    expect((await own.delete(`/v1/invoice-drafts/${draft.id}/discounts/${id}`)).body.total).toBe('216.00');
    const line = (await own.post(`/v1/invoice-drafts/${draft.id}/lines`, { description: 'Travel', unit_amount: '10' }))
      .body;
    expect(line.total).toBe('228.00');
    const taken = await own.delete(`/v1/invoice-drafts/${draft.id}/lines/${line.manual_lines[1].id}`);
    expect(taken.body.total).toBe('216.00');
    const { body: invoice } = await own.post(`/v1/invoices/${draft.id}/finalize`);
    expect(invoice).toMatchObject({ state: 'finalized', total: '216.00', taxes: [{ key: 'vat', base: '180.00' }] });
    expect((await own.get(`/v1/invoices/${draft.id}/pdf`)).status).toBe(200);
  });

  test('can be thrown away', async () => {
    const { own } = await customer();
    const { body } = await own.post('/v1/invoices', { customer: 'acme', currency: 'JPY', lines });
    expect(body.total).toBe('180');
    expect((await own.delete(`/v1/invoice-drafts/${body.id}`)).body).toEqual({ id: body.id, deleted: true });
    expect((await own.get(`/v1/invoice-drafts/${body.id}`)).status).toBe(404);
  });

  test.each([
    ['/customer', { customer: 'nobody' }],
    ['/currency', { currency: 'EURO' }],
    ['/lines', { lines: [] }],
    ['/lines/0/quantity', { lines: [{ ...lines[0], quantity: '-1' }] }],
    ['/lines/0/unit_amount', { lines: [{ ...lines[0], unit_amount: 1 }] }],
    ['/discounts/0', { discounts: [{ name: 'x', percent: '1', amount: '1' }] }],
    ['/discounts/0/amount', { discounts: [{ name: 'x', amount: '1.001' }] }],
  ])('%s wrong: 422', async (pointer, changes) => {
    const { own } = await customer();
    const { status, body } = await own.post('/v1/invoices', { customer: 'acme', currency: 'EUR', lines, ...changes });
    expect(status).toBe(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test('with many faults: all are told at once', async () => {
    const { api: own } = await api.organization();
    const { body } = await own.post('/v1/invoices', {
      customer: 'acme',
      currency: 'EUR',
      lines: [{ description: 'x', unit_amount: '1', quantity: '0' }],
      discounts: [{ name: 'd', amount: '0.001' }, null],
    });
    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['/customer', '/discounts/0/amount', '/discounts/1', '/lines/0/quantity']);
  });

  test('below zero or without the rate of a tax: told, and not stored', async () => {
    const { own, drafts } = await customer();
    const wrong = { customer: 'acme', currency: 'EUR', lines: [{ description: 'x', unit_amount: '-1' }] };
    expect((await own.post('/v1/invoices', wrong)).body.errors[0].code).toBe('negative_total');
    await own.post('/v1/tax-rates', {
      key: 'vat',
      name: 'VAT',
      percent: '20',
      inclusive: false,
      valid_from: '2099-01-01',
    });
    await own.patch('/v1/customers/acme', { tax_rates: ['vat'] });
    expect((await own.post('/v1/invoices', { ...wrong, lines })).body.errors[0].code).toBe('missing_tax_rate');
    expect(await drafts()).toEqual([]);
  });
});

describe('a preview', () => {
  const preview = async (own: TestApiClient, query = '') =>
    (await own.get(`/v1/customers/acme/invoice-preview${query}`)).body;

  test('shows what is not billed yet and what falls due next, and is the invoice when it does', async () => {
    const { own, use, organizationId } = await customer();
    const next = MONTH.add({ months: 1 }).toString();
    const seen = await preview(own);
    expect(seen.until).toBe(next);
    expect(seen.documents.map((one: { due_on: string; total: string }) => [one.due_on, one.total])).toEqual([
      [END, '15.00'],
      [next, '10.00'],
    ]);
    await use('1');
    const [first] = (await preview(own, `?until=${END}`)).documents;
    expect(first.total).toBe('15.01');
    await api.owner.query('UPDATE organizations SET grace_minutes = 0 WHERE id = $1', [organizationId]);
    await bill(api.owner, api.worker, organizationId, {}, { endsAfter: BEGIN, endsUntil: END });
    const [{ id }] = (await own.get('/v1/invoices')).body.data;
    const invoice = (await own.get(`/v1/invoices/${id}`)).body;
    const { due_on: _due, skipped: _skipped, ...shown } = first;
    expect(invoice).toMatchObject(shown);
    expect((await preview(own)).documents).toHaveLength(1);
  });

  test('of a customer without subscriptions, of nobody, of one that cannot be billed', async () => {
    const { own, subscriptionId } = await customer();
    await own.post('/v1/customers', { key: 'idle', name: 'Idle' });
    expect((await own.get('/v1/customers/idle/invoice-preview')).body).toEqual({ until: null, documents: [] });
    expect((await own.get('/v1/customers/nobody/invoice-preview')).status).toBe(404);
    await api.owner.query('UPDATE subscriptions SET time_zone = $2 WHERE id = $1', [subscriptionId, 'Mars/Base']);
    expect((await preview(own)).code).toBe('not_billable');
  });
});
