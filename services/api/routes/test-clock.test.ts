import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { refreshDrafts } from '#libs/invoicing/drafts/refresh-drafts.ts';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { runDependencies } from '#tests/support/billing.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();
const dateIn = (days: number) => inDays(days).slice(0, 10);
const advance = (own: TestApiClient, days: number) => own.post('/v1/test-clock/advance', { to: inDays(days) });
const testOrganization = () => api.organization({ mode: 'test', grace_minutes: 0 });

async function subscribe(own: TestApiClient, startsOn: string): Promise<void> {
  const charges = [{ key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10.00' } }];
  await own.post('/v1/plans', { key: 'p', name: 'P', currency: 'EUR', charges });
  await own.post('/v1/customers', { key: 'acme', name: 'Acme' });
  const { status, body } = await own.post('/v1/subscriptions', {
    customer: 'acme',
    plan: 'p',
    starts_on: startsOn,
    anchor: 'anniversary',
  });
  expect([status, body.errors]).toEqual([201, undefined]);
}

async function carryOut(id: number, answer: { readonly body: { readonly billing_runs: readonly string[] } }) {
  for (const run of answer.body.billing_runs) await runBilling(runDependencies(api.worker), id, run);
}

const issued = async (own: TestApiClient, documents = 'invoices') =>
  (await own.get(`/v1/${documents}`)).body.data.map((one: { issue_date: string }) => one.issue_date);

test('keys of a test organization say so, the first one too; those of a live one say that', async () => {
  for (const mode of ['live', 'test']) {
    const { adminKey, api: own } = await api.organization({ mode });
    const made = await own.post('/v1/api-keys', { name: 'k', scopes: ['read'] });
    const rotated = await own.post(`/v1/api-keys/${made.body.id}/rotate`, { overlap_seconds: 60 });
    expect(rotated.status).toBe(201);
    for (const key of [adminKey, made.body.key, rotated.body.key])
      expect(key).toMatch(new RegExp(`^tb_${mode}_[\\w-]{43}$`));
    const prefixes = (await own.get('/v1/api-keys')).body.data.map(({ prefix }: { prefix: string }) => prefix);
    expect(prefixes).toEqual([adminKey, made.body.key, rotated.body.key].map((key) => key.slice(0, 12)));
  }
});

test('that of a live organization is the real one and stays it', async () => {
  const { id, api: live } = await api.organization();
  const { status, body } = await advance(live, 1);
  expect([status, body.code]).toEqual([409, 'organization_live']);
  const shown = (await live.get('/v1/test-clock')).body;
  expect(shown).toMatchObject({ offset_seconds: 0, status: 'ready' });
  expect(Math.abs(Date.parse(shown.now) - Date.now())).toBeLessThan(DAY / 2);
  const moved = api.owner.query('UPDATE organizations SET clock_offset_seconds = 1 WHERE id = $1', [id]);
  await expect(moved).rejects.toMatchObject({ code: '23514' });
});

test('it moves forward, not too far, and nobody moves it back', async () => {
  const { id, api: own } = await testOrganization();
  for (const [days, says] of [
    [-1, 'must lie after'],
    [5 * 366 + 1, 'must not lie after'],
  ] as const) {
    const { status, body } = await advance(own, days);
    expect([status, body.errors[0].pointer]).toEqual([422, '/to']);
    expect(body.errors[0].detail).toContain(says);
  }
  expect((await own.post('/v1/test-clock/advance', { to: 'tomorrow' })).status).toBe(422);
  expect((await own.get('/v1/test-clock')).body.offset_seconds).toBe(0);
  const moved = await advance(own, 10);
  expect([moved.status, moved.body.status]).toEqual([200, 'ready']);
  expect((await advance(own, 9)).status).toBe(422);
  const years = 19 * 366 * 86_400;
  await api.owner.query('UPDATE organizations SET clock_offset_seconds = $2 WHERE id = $1', [id, years]);
  expect((await advance(own, 20 * 366 + 1)).body.errors[0].detail).toContain('20 in all');
  const back = api.owner.query('UPDATE organizations SET clock_offset_seconds = 0 WHERE id = $1', [id]);
  await expect(back).rejects.toThrow('only moves forward');
});

test('while runs are at work it stays; a retry with the same Idempotency-Key moves it then, once', async () => {
  const { id, api: own } = await testOrganization();
  await subscribe(own, dateIn(0));
  const key = { 'idempotency-key': randomUUID() };
  const first = await advance(own, 40);
  expect(first.body).toMatchObject({ status: 'advancing', billing_runs: [expect.any(String)] });
  const to = inDays(80);
  const busy = await own.call('POST', '/v1/test-clock/advance', { to }, key);
  expect([busy.status, busy.body.code]).toEqual([409, 'test_clock_advancing']);
  expect(busy.body.detail).toContain(first.body.billing_runs[0]);
  await carryOut(id, first);
  expect((await own.get('/v1/test-clock')).body).toMatchObject({ status: 'ready', billing_runs: [] });
  const second = await own.call('POST', '/v1/test-clock/advance', { to }, key);
  const replayed = await own.call('POST', '/v1/test-clock/advance', { to }, key);
  expect([second.status, replayed.status, replayed.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true']);
  expect(replayed.body).toEqual(second.body);
  await carryOut(id, second);
  expect(await issued(own)).toEqual([dateIn(80), dateIn(40)]);
  const { rows } = await api.owner.query(
    "SELECT count(*)::integer AS moves FROM outbox WHERE organization_id = $1 AND type = 'test_clock.advanced'",
    [id],
  );
  expect(rows[0].moves).toBe(2);
});

test('documents are listed by that time, were they drafts before or made by hand', async () => {
  const { id, api: own } = await api.organization({ mode: 'test', grace_minutes: 10 * 24 * 60 });
  await subscribe(own, dateIn(0));
  await carryOut(id, await advance(own, 45));
  await advance(own, 65);
  expect(await refreshDrafts(api.worker, { clock: Date.now, staleAfterMs: 0 })).toBe(1);
  await carryOut(id, await advance(own, 80));
  expect((await advance(own, 85)).body.status).toBe('ready');
  const lines = [{ description: 'Work', unit_amount: '5' }];
  const { body: draft } = await own.post('/v1/invoices', { customer: 'acme', currency: 'EUR', lines });
  expect((await own.post(`/v1/invoices/${draft.id}/finalize`, {})).status).toBe(200);
  expect(await issued(own)).toEqual([dateIn(85), dateIn(80), dateIn(45)]);
  for (const days of [85, 86]) {
    if (days > 85) await advance(own, days);
    const { status } = await own.post('/v1/credit-notes', { invoice: draft.id, reason: 'r', amount: '1' });
    expect(status).toBe(201);
  }
  expect(await issued(own, 'credit-notes')).toEqual([dateIn(86), dateIn(85)]);
});

test('what was over before a subscription was entered, by the clock, is not billed unasked; keys live in real time', async () => {
  const { id, api: own } = await testOrganization();
  const made = await own.post('/v1/api-keys', { name: 'k', scopes: ['read'], expires_at: inDays(1) });
  expect(made.status).toBe(201);
  expect((await advance(own, 100)).body.status).toBe('ready');
  expect((await api.clientOf(made.body.key).get('/v1/customers')).status).toBe(200);
  await subscribe(own, dateIn(30));
  const later = await advance(own, 125);
  await carryOut(id, later);
  const { data } = (await own.get('/v1/invoices')).body;
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({ issue_date: dateIn(125), total: '10.00' });
});

test('what a run could not bill is tried again when the clock is moved, without the pause of the schedule', async () => {
  const { id, api: own } = await testOrganization();
  await subscribe(own, dateIn(0));
  await own.patch('/v1/customers/acme', { tax_rates: ['none'] });
  await api.owner.query("UPDATE customers SET tax_rates = '{none}' WHERE organization_id = $1", [id]);
  const first = await advance(own, 40);
  await carryOut(id, first);
  expect((await own.get('/v1/invoices')).body.data).toEqual([]);
  await own.patch('/v1/customers/acme', { tax_rates: [] });
  const second = await advance(own, 41);
  expect(second.body.billing_runs).toHaveLength(1);
  await carryOut(id, second);
  expect((await own.get('/v1/invoices')).body.data).toMatchObject([{ issue_date: dateIn(41) }]);
});

test('a customer token sees the time of its organization, and a moved organization can be deleted', async () => {
  const { id, api: own } = await testOrganization();
  await subscribe(own, dateIn(0));
  await carryOut(id, await advance(own, 40));
  await own.post('/v1/test-clock/advance', { to: inDays(60) });
  const { body } = await own.post('/v1/customers/acme/tokens', {});
  const [invoice] = (await api.clientOf(body.token).get('/v1/invoices')).body.data;
  expect(invoice.payment.status).toBe('overdue');
  expect((await api.operator.delete(`/v1/organizations/${id}`)).status).toBe(204);
  const { rows } = await api.owner.query('SELECT FROM organizations WHERE id = $1', [id]);
  expect(rows).toEqual([]);
});
