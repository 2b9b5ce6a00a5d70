import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { meanwhile } from '#tests/support/meanwhile.ts';

/* Whoever works something out from what others change before it is stored, time and again, is told to try again, and nothing is stored. */

let api: TestApi;
let fixture: ReturnType<typeof billingFixture>;

beforeAll(async () => {
  api = await startTestApi();
  fixture = billingFixture(api.owner);
});
afterAll(() => api?.stop());

const line = { description: 'Consulting', unit_amount: '120' };
const TRY_AGAIN = { status: 409, code: 'changed_meanwhile', detail: expect.stringMatching(/changed.*try again\.$/i) };

async function draftOfHand() {
  const { id: organizationId, api: own } = await api.organization();
  await fixture.customer(organizationId, 'acme');
  const { body } = await own.post('/v1/invoices', { customer: 'acme', currency: 'EUR', lines: [line] });
  const id: string = body.id;
  return {
    own,
    id,
    change: () => api.owner.query('UPDATE invoice_drafts SET version = version + 1 WHERE id = $1', [id]),
  };
}

test.each([
  ['adding a line', 'POST', (id: string) => `/v1/invoice-drafts/${id}/lines`, line],
  ['changing terms', 'PATCH', (id: string) => `/v1/invoice-drafts/${id}`, { payment_terms_days: 3 }],
  ['refreshing', 'POST', (id: string) => `/v1/invoice-drafts/${id}/refresh`, {}],
  ['finalizing', 'POST', (id: string) => `/v1/invoices/${id}/finalize`, {}],
])('a draft that others change all the time: %s', async (_name, method, path, body) => {
  const { own, id, change } = await draftOfHand();
  const stop = meanwhile(api.pool, change);
  const answer = await own.call(method, path(id), body);
  stop();
  expect(answer.body).toMatchObject(TRY_AGAIN);
  const { body: left } = await own.get(`/v1/invoice-drafts/${id}`);
  expect(left).toMatchObject({ total: '120.00', payment_terms_days: 14 });
  expect((await own.call(method, path(id), body)).status).toBeLessThan(300);
});

test('a draft that is changed once is worked out again', async () => {
  const { own, id, change } = await draftOfHand();
  const stop = meanwhile(api.pool, async (transaction) => transaction === 3 && change());
  const { body } = await own.post(`/v1/invoice-drafts/${id}/lines`, line);
  stop();
  expect(body.total).toBe('240.00');
});

test('an invoice whose units change while it is regenerated stands, and can be regenerated', async () => {
  const { id: organizationId, api: own } = await api.organization();
  const meterId = await fixture.meter(organizationId);
  await fixture.simpleCustomer(organizationId, 'acme', await fixture.simplePlan(organizationId, meterId));
  await fixture.usage(organizationId, meterId, 'acme', HOUR_IN_PAST_MONTH, '1000');
  await bill(api.owner, api.worker, organizationId);
  const [{ id }] = await fixture.documents(organizationId);
  const { rows } = await api.owner.query("SELECT * FROM billed_units WHERE invoice_id = $1 AND kind = 'fee'", [id]);
  // First it is read and rated, then it is replaced.
  const stop = meanwhile(api.pool, async (transaction) => {
    if (transaction === 2)
      await api.owner.query("DELETE FROM billed_units WHERE invoice_id = $1 AND kind = 'fee'", [id]);
  });
  const { body } = await own.post(`/v1/admin/invoices/${id}/regenerate`);
  stop();
  expect(body).toMatchObject(TRY_AGAIN);
  expect((await own.get('/v1/credit-notes')).body.data).toEqual([]);
  await api.owner.query('INSERT INTO billed_units SELECT * FROM json_populate_recordset(NULL::billed_units, $1)', [
    JSON.stringify(rows),
  ]);
  expect((await own.post(`/v1/admin/invoices/${id}/regenerate`)).body.voided.id).toBe(id);
});
