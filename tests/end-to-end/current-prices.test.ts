import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { verifyDatabase } from '#libs/invoicing/verify/verify-database.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { bill, runDependencies } from '../support/billing.ts';
import { usedEvent } from '../support/every-model.ts';
import { createFeed } from '../support/metering.ts';

/*
 * An invoice issued anew by current prices, once more without, and again by the prices of a third version; then usage comes late: each
 * document, the voided ones, too, is explained, recomputed, exported and verified by the prices that it has.
 */

// biome-ignore lint/suspicious/noExplicitAny: the shape is checked by the server.
type Answer = any;

let api: TestApi;
let own: Awaited<ReturnType<TestApi['organization']>>;
let create: (path: string, body: unknown, status?: number) => Promise<Answer>;
/** By the prices of version 1, of version 2, of these again, of version 3; and what came late to that. */
let [first, second, again, third, late]: Answer[] = [];

const chargesAt = (unit: string, share: string, fee: string) => [
  { key: 'units', meter: 'units', group_by: ['region'], price: { model: 'per_unit', unit_amount: unit } },
  { key: 'shares', meter: 'shares', minimum_amount: share, price: { model: 'per_unit', unit_amount: '1.5' } },
  { key: 'fee', price: { model: 'flat', amount: fee } },
  { key: 'seats', quantity: 'seats', price: { model: 'per_unit', unit_amount: '2' } },
];

beforeAll(async () => {
  api = await startTestApi();
  own = await api.organization({ name: 'Prices', grace_minutes: 0 });
  create = async (path, body, status = 201) => {
    const answer = await own.api.post(path, body);
    if (answer.status !== status) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const meter = { name: 'Used', event_type: 'used' };
  await create('/v1/meters', { ...meter, key: 'units', aggregation: 'sum', value_property: 'n', group_by: ['region'] });
  await create('/v1/meters', { ...meter, key: 'shares', aggregation: 'count' });
  await create('/v1/tax-rates', { key: 'vat', name: 'VAT', percent: '19', inclusive: false, valid_from: '2020-01-01' });
  await create('/v1/customers', { key: 'acme', name: 'Acme', tax_rates: ['vat'] });
  await create('/v1/coupons', { key: 'some', name: 'Some', percent: '15', duration: 'forever' });
  await create('/v1/customers/acme/discounts', { coupon: 'some', starts_on: '2026-01-01' });
  const plan = (charges: unknown, minimum: string) =>
    create('/v1/plans', { key: 'all', name: 'All', currency: 'EUR', minimum_amount: minimum, charges });
  await plan(chargesAt('0.333', '20', '3'), '100');
  await create('/v1/subscriptions', {
    customer: 'acme',
    plan: 'all',
    starts_on: '2026-10-01',
    quantities: { seats: '5' },
    overrides: { seats: { price: { model: 'per_unit', unit_amount: '1.1' } } },
  });
  const feed = await createFeed(api.worker);
  const used = (id: string, day: number, n: string) =>
    usedEvent(id, { time: Date.parse(`2026-10-${day}T10:00:00Z`), properties: { n, region: 'eu' } });
  await feed(own.id, [used('a', 10, '31'), used('b', 11, '17.5')]);
  await bill(api.owner, api.worker, own.id, {}, { endsAfter: '2026-10-01', endsUntil: '2026-11-01' });
  const invoices = async () => (await own.api.get('/v1/invoices?customer=acme')).body.data;
  first = (await own.api.get(`/v1/invoices/${(await invoices()).at(-1).id}`)).body;
  await plan(chargesAt('0.777', '12', '4'), '60');
  ({ invoice: second } = await create(`/v1/admin/invoices/${first.id}/regenerate`, { prices: 'current' }));
  ({ invoice: again } = await create(`/v1/admin/invoices/${second.id}/regenerate`, {}));
  await plan(chargesAt('0.9', '1', '6'), '70');
  ({ invoice: third } = await create(`/v1/admin/invoices/${again.id}/regenerate`, { prices: 'current' }));
  await feed(own.id, [used('c', 12, '40.1')]);
  const { run } = await create('/v1/admin/customers/acme/rerate', {}, 202);
  await runBilling(runDependencies(api.worker), own.id, run.id);
  late = (await own.api.get(`/v1/invoices/${(await invoices())[0].id}`)).body;
}, 60_000);
afterAll(() => api?.stop());

const regenerate = (id: string, body: unknown, status = 201) =>
  create(`/v1/admin/invoices/${id}/regenerate`, body, status);
const versionsOf = ({ lines }: Answer): unknown[] => [...new Set(lines.map((line: Answer) => line.priced_by?.version))];
const explain = async ({ id }: Answer, position: number, rest = '') =>
  (await own.api.get(`/v1/invoices/${id}/lines/${position}/explain${rest}`)).body;

async function recompute({ id }: Answer): Promise<unknown> {
  const args = ['scripts/recompute-invoice.ts', '--url', api.url, '--key', own.adminKey, id];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve([error?.code ?? 0, `${stdout}${stderr}`.split('\n').filter((row) => /DIFFERENT|cannot/.test(row))]),
    );
  });
}

test('what is looked at first is what was issued, and what stands in the way is told', async () => {
  const looked = await regenerate(late.id, { prices: 'current', dry_run: true }, 200);
  expect(looked).toMatchObject({
    credit_note: { kind: 'credit_note', total: `-${late.total}`, corrects: { id: late.id } },
    invoice: { kind: 'invoice', lines: late.lines, total: late.total, replaces: { id: late.id } },
    other_credit_notes: [],
  });
  expect((await own.api.get(`/v1/invoices/${late.id}`)).body).toEqual(late);
  const refused = await own.api.post(`/v1/admin/invoices/${late.id}/regenerate`, {
    render_only: true,
    prices: 'current',
    dry_run: true,
  });
  expect(refused.status).toBe(422);
  expect(refused.body.errors.map(({ pointer }: Answer) => pointer)).toEqual(['/prices', '/dry_run']);
  expect((await own.api.post(`/v1/admin/invoices/${first.id}/regenerate`, { dry_run: true })).body).toMatchObject({
    status: 409,
    code: 'invoice_not_live',
  });
  const wish = { reason: 'Wrong', dry_run: true };
  expect(await create(`/v1/invoices/${late.id}/void`, wish, 200)).toEqual({
    credit_note: expect.objectContaining({ kind: 'credit_note', total: `-${late.total}` }),
  });
  expect((await own.api.get(`/v1/invoices/${late.id}`)).body).toEqual(late);
});

const all = () => [first, second, again, third, late];

test('the prices of then, of now, and those on what came late', () => {
  expect(all().map(versionsOf)).toEqual([[undefined], [2], [2], [3], [3]]);
  const amounts = ({ lines }: Answer) =>
    lines.map(({ kind, charge_key: key, amount }: Answer) => [kind, key, amount].filter(Boolean).join(' '));
  expect(amounts(first)).toEqual([
    'usage units 16.15',
    'usage shares 3.00',
    'minimum shares 17.00',
    'fee fee 3.00',
    'fee seats 5.50',
    'commitment 55.35',
  ]);
  expect(amounts(second)).toEqual([
    'usage units 37.68',
    'usage shares 3.00',
    'minimum shares 9.00',
    'fee fee 4.00',
    'fee seats 5.50',
    'commitment 0.82',
  ]);
  expect(again.lines).toEqual(second.lines);
});

test('every line is explained by the prices that it has', async () => {
  for (const [index, unit] of ['0.333', '0.777', '0.777', '0.9', '0.9'].entries()) {
    const document = all()[index];
    const { charge, usage, line } = await explain(document, 1);
    expect([document.number, charge.price]).toEqual([document.number, { model: 'per_unit', unit_amount: unit }]);
    expect(usage.billed.digest).toBe(line.evidence.digest);
  }
  for (const [document, fee, minimum] of [
    [first, '3', '100'],
    [second, '4', '60'],
    [third, '6', '70'],
  ]) {
    const at = (kind: string, key: string): number =>
      document.lines.find((line: Answer) => line.kind === kind && line.charge_key === key).position;
    expect((await explain(document, at('fee', 'fee'))).charge.price.amount).toBe(fee);
    expect((await explain(document, at('fee', 'seats'))).charge.price.unit_amount).toBe('1.1');
    expect((await explain(document, at('commitment', ''))).compared.minimum_amount).toBe(minimum);
  }
  const notes = (await own.api.get('/v1/credit-notes')).body.data;
  const note = notes.find(({ corrects }: Answer) => corrects.id === second.id);
  const taken = (await own.api.get(`/v1/credit-notes/${note.id}/lines/1/explain`)).body;
  expect(taken).toMatchObject({ line: { priced_by: { version: 2 } }, charge: { price: { unit_amount: '0.777' } } });
});

test('recomputed from their events', async () => {
  for (const document of all())
    expect([document.number, await recompute(document)]).toEqual([document.number, [0, []]]);
}, 60_000);

test('exported with the version, as NDJSON and as CSV', async () => {
  const path = (format: string) => `/v1/exports/invoice-lines?format=${format}&document=${second.id}`;
  const json = (await own.api.get(path('ndjson'))).bytes.toString().trim().split('\n');
  expect(json.map((line) => JSON.parse(line).priced_by.version)).toEqual(Array(6).fill(2));
  const cells: Answer[] = parse((await own.api.get(path('csv'))).bytes, { columns: true });
  expect(cells.map((row) => row.priced_by_version)).toEqual(Array(6).fill('2'));
});

test('verified', async () => {
  for (const { id } of all()) expect((await own.api.get(`/v1/invoices/${id}/verify`)).body).toMatchObject({ ok: true });
  expect(await verifyDatabase(api.owner, { organizationId: own.id, redraw: true })).toMatchObject({ ok: true });
});

test('prices that do not fit are refused, each with its reason', async () => {
  await create('/v1/customers', { key: 'beta', name: 'Beta', tax_rates: ['vat'] });
  await create('/v1/plans', {
    key: 'plain',
    name: 'Plain',
    currency: 'EUR',
    charges: [{ key: 'fee', billing: 'in_arrears', price: { model: 'flat', amount: '1' } }],
  });
  await create('/v1/subscriptions', { customer: 'beta', plan: 'plain', starts_on: '2026-10-01' });
  await bill(api.owner, api.worker, own.id, {}, { endsAfter: '2026-10-01', endsUntil: '2026-11-01' });
  await create('/v1/plans', {
    key: 'plain',
    name: 'Plain',
    currency: 'USD',
    charges: [{ key: 'fee', price: { model: 'flat', amount: '1' } }],
  });
  const [{ id }] = (await own.api.get('/v1/invoices?customer=beta')).body.data;
  for (const dry of [true, false]) {
    const { body } = await own.api.post(`/v1/admin/invoices/${id}/regenerate`, { prices: 'current', dry_run: dry });
    expect(body).toMatchObject({
      status: 409,
      code: 'prices_not_applicable',
      errors: [{ pointer: '/prices', code: 'other_currency' }],
    });
  }
});
