import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { runDependencies } from '#tests/support/billing.ts';
import { waitFor } from '#tests/support/wait-for.ts';

let api: TestApi;
let own: Awaited<ReturnType<TestApi['organization']>>;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

beforeEach(async () => {
  own = await api.organization({ name: 'Nordwind', grace_minutes: 0 });
  await own.api.post('/v1/plans', {
    key: 'basic',
    name: 'Basic',
    currency: 'EUR',
    charges: [{ key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } }],
  });
  for (const key of ['acme', 'beta', 'gamma']) {
    await own.api.post('/v1/customers', { key, name: key });
    await own.api.post('/v1/subscriptions', { customer: key, plan: 'basic', starts_on: '2025-03-01' });
  }
});

const start = (body: Record<string, unknown> = {}) => own.api.post('/v1/billing-runs', { period: '2025-03', ...body });
const read = async (id: string) => (await own.api.get(`/v1/billing-runs/${id}`)).body;
const carryOut = (id: string) => runBilling(runDependencies(api.worker), own.id, id);
/** The price of a customer's plan can no longer be read. */
const breakPlans = () =>
  api.owner.query(`UPDATE charges SET terms = '{"key":"fee","price":{"model":"free"}}' WHERE organization_id = $1`, [
    own.id,
  ]);
const invoices = async () => (await own.api.get('/v1/invoices')).body.data;

test('a run shows what it does and what it made', async () => {
  const { body: queued } = await start();
  expect(await read(queued.id)).toMatchObject({
    phase: 'waiting',
    invoices_per_second: null,
    seconds_left: null,
    dead_letters: null,
    pdfs: null,
    totals: [],
    warnings: [],
    drafts: null,
    customers: 'all',
  });
  await carryOut(queued.id);
  expect(await read(queued.id)).toMatchObject({
    state: 'completed',
    phase: 'ended',
    customers_due: 3,
    customers_done: 3,
    invoices_created: 3,
    invoices_per_second: expect.any(Number),
    seconds_left: null,
    dead_letters: 0,
    pdfs: { rendered: 3, missing: 0 },
    totals: [{ currency: 'EUR', invoices: 3, total: '30.00', credit_notes: 0, credited: '0.00' }],
    parked_count: 0,
  });
  await api.owner.query('ALTER TABLE invoice_pdfs DISABLE TRIGGER immutable_rows');
  await api.owner.query('DELETE FROM invoice_pdfs WHERE invoice_id = $1', [(await invoices())[0].id]);
  await api.owner.query('ALTER TABLE invoice_pdfs ENABLE TRIGGER immutable_rows');
  expect((await read(queued.id)).pdfs).toEqual({ rendered: 2, missing: 1 });
});

test('a dry run shows what would be billed, and bills nothing', async () => {
  const { status, body } = await start({ dry_run: true });
  expect([status, body.dry_run]).toEqual([202, true]);
  await carryOut(body.id);
  const run = await read(body.id);
  expect(run).toMatchObject({ state: 'completed', invoices_created: 3, pdfs: null, totals: [{ total: '30.00' }] });
  expect(run.drafts.map(({ buyer, total }: { buyer: { key: string }; total: string }) => [buyer.key, total])).toEqual([
    ['acme', '10.00'],
    ['beta', '10.00'],
    ['gamma', '10.00'],
  ]);
  expect(await invoices()).toEqual([]);
});

describe('chosen customers', () => {
  test('are billed alone', async () => {
    const { body } = await start({ customers: ['gamma', 'acme', 'acme'] });
    expect(body.customers).toBe('chosen');
    await carryOut(body.id);
    expect((await invoices()).map(({ customer }: { customer: string }) => customer).sort()).toEqual(['acme', 'gamma']);
  });

  test('who has no plan has nothing due: neither billed nor parked, asked for alone or with others', async () => {
    await own.api.post('/v1/customers', { key: 'bare', name: 'Bare' });
    const [alone, among] = [(await start({ customers: ['bare'] })).body, (await start()).body];
    for (const { id } of [alone, among]) await carryOut(id);
    const counts = { state: 'completed', phase: 'ended', parked: [] };
    expect(await read(alone.id)).toMatchObject({ ...counts, customers_due: 0, customers_done: 0, invoices_created: 0 });
    expect(await read(among.id)).toMatchObject({ ...counts, customers_due: 3, customers_done: 3, invoices_created: 3 });
    expect((await invoices()).map(({ customer }: { customer: string }) => customer).sort()).toEqual([
      'acme',
      'beta',
      'gamma',
    ]);
  });

  test('whose subscription names no plan is parked with the reason; the others are billed', async () => {
    await api.owner.query(
      `UPDATE subscription_changes SET plan_id = NULL WHERE organization_id = $1 AND subscription_id =
         (SELECT s.id FROM subscriptions s JOIN customers c ON c.id = s.customer_id WHERE s.organization_id = $1 AND c.key = 'beta')`,
      [own.id],
    );
    const { body } = await start();
    await carryOut(body.id);
    expect(await read(body.id)).toMatchObject({ state: 'completed', invoices_created: 2 });
    const { data } = (await own.api.get(`/v1/billing-runs/${body.id}/parked`)).body;
    expect(data).toMatchObject([{ code: 'internal_error', detail: expect.stringContaining('names a plan') }]);
    expect((await invoices()).map(({ number }: { number: string }) => number.slice(-1)).sort()).toEqual(['1', '2']);
  });

  test('each that is unknown is named, and nothing is started', async () => {
    const { status, body } = await start({ customers: ['nobody', 'acme', 'noone'] });
    expect([status, body.code]).toEqual([422, 'invalid_request']);
    expect(body.errors).toEqual([
      { pointer: '/customers/0', code: 'unknown_customer', detail: 'There is no customer "nobody".' },
      { pointer: '/customers/2', code: 'unknown_customer', detail: 'There is no customer "noone".' },
    ]);
    expect((await own.api.get('/v1/billing-runs')).body.data).toEqual([]);
  });

  test.each([
    [{ customers: [] }, '/customers'],
    [{ customers: 'acme' }, '/customers'],
    [{ customers: [7] }, '/customers/0'],
    [{ dry_run: 'yes' }, '/dry_run'],
    [{ dryrun: true }, '/dryrun'],
  ])('%j is refused', async (body, pointer) => {
    const answer = await start(body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

test.each(['2199-01', new Date().toISOString().slice(0, 7)])('the period %s is not over', async (period) => {
  const { status, body } = await start({ period });
  expect([status, body.code]).toEqual([409, 'period_not_over']);
  await api.owner.query("UPDATE subscriptions SET ends_on = '2025-05-01' WHERE organization_id = $1", [own.id]);
  expect((await start({ period })).body).toMatchObject({ code: 'period_not_over' });
});

describe('who was parked', () => {
  test('is listed page by page with the reason, and tried again by a run of its own', async () => {
    await breakPlans();
    const { body: first } = await start();
    await carryOut(first.id);
    const run = await read(first.id);
    expect(run).toMatchObject({ parked_count: 3, parked_codes: [{ code: 'invalid_price', customers: 3 }] });
    expect(run.parked).toHaveLength(3);
    const page = (await own.api.get(`/v1/billing-runs/${first.id}/parked?limit=2`)).body;
    const rest = (await own.api.get(`/v1/billing-runs/${first.id}/parked?limit=2&cursor=${page.next_cursor}`)).body;
    expect([...page.data, ...rest.data]).toEqual(run.parked);
    expect(rest.next_cursor).toBeNull();

    await api.owner.query(
      `UPDATE charges SET terms = '{"key":"fee","name":"Fee","price":{"model":"flat","amount":"10"}}' WHERE organization_id = $1`,
      [own.id],
    );
    const retry = await own.api.post(`/v1/billing-runs/${first.id}/retry-parked`);
    expect([retry.status, retry.body]).toMatchObject([
      202,
      { retry_of: first.id, customers: 'chosen', state: 'queued' },
    ]);
    expect(retry.headers.get('location')).toBe(`/v1/billing-runs/${retry.body.id}`);
    await carryOut(retry.body.id);
    expect(await read(retry.body.id)).toMatchObject({ invoices_created: 3, parked_count: 0 });
    const again = await own.api.post(`/v1/billing-runs/${retry.body.id}/retry-parked`);
    expect([again.status, again.body.code]).toEqual([409, 'billing_run_state']);
  });
});

test('a run can be cancelled once, by its own organization', async () => {
  const { body } = await start();
  const other = await api.organization();
  for (const action of ['cancel', 'retry-parked'])
    expect((await other.api.post(`/v1/billing-runs/${body.id}/${action}`)).status).toBe(404);
  expect((await other.api.get(`/v1/billing-runs/${body.id}/parked`)).status).toBe(404);
  const cancelled = await own.api.post(`/v1/billing-runs/${body.id}/cancel`);
  expect([cancelled.status, cancelled.body]).toMatchObject([
    200,
    { state: 'cancelled', phase: 'ended', state_reason: expect.stringMatching(/^Cancelled by key:/) },
  ]);
  expect((await own.api.post(`/v1/billing-runs/${body.id}/cancel`)).body.code).toBe('billing_run_state');
  // Changes are told behind the oldest transaction of the whole server, on which other tests work, too.
  const isTold = async () => {
    const { data } = (await own.api.get('/v1/changes')).body;
    return data.some(({ type }: { type: string }) => type === 'billing_run.cancelled');
  };
  await waitFor(isTold, { describe: 'the change to be told' });
  expect(await carryOut(body.id)).toBeNull();
});

test('dead letters of the period are told with a warning; where they block, discarding them lets the run go on', async () => {
  const letter = async (offset: number) =>
    api.owner.query(
      `INSERT INTO dead_letters (organization_id, log_epoch, log_partition, log_offset, received_at, event_time, reason, detail, record)
       VALUES ($1, 1, 0, $2, now(), '2025-03-10', 'malformed', 'x', '\\x00')`,
      [own.id, offset],
    );
  await letter(1_000_000 + own.id);
  const { body: told } = await start({ customers: ['acme'] });
  await carryOut(told.id);
  expect(await read(told.id)).toMatchObject({ dead_letters: 1, warnings: [expect.stringContaining(': 1.')] });

  expect((await own.api.patch('/v1/organization', { dead_letters: 'block' })).status).toBe(200);
  const { body: blocked } = await start({ customers: ['beta'] });
  expect(await carryOut(blocked.id)).toBeNull();
  expect(await read(blocked.id)).toMatchObject({
    state: 'waiting',
    state_reason: expect.stringContaining('GET /v1/dead-letters'),
  });
  expect((await own.api.post('/v1/dead-letters/discard', { reason: 'malformed' })).body).toEqual({
    discarded: 1,
    more: false,
  });
  expect((await own.api.get('/v1/dead-letters')).body.data[0].discarded_at).not.toBeNull();
  expect((await own.api.post('/v1/dead-letters/discard', { reason: 'malformed' })).body.discarded).toBe(0);
  await carryOut(blocked.id);
  expect(await read(blocked.id)).toMatchObject({ state: 'completed', invoices_created: 1, warnings: [] });
});
