import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { verifyDatabase } from '#libs/invoicing/verify/verify-database.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { bill, runDependencies } from '../support/billing.ts';
import { usedEvent } from '../support/every-model.ts';
import { createFeed } from '../support/metering.ts';
import { recomputed, whileChanged } from '../support/recomputed.ts';

/* Usage falls after it was billed, and more is missing to a charge's minimum and to the plan's: what adjusts these leads to what it was made from. */

// biome-ignore lint/suspicious/noExplicitAny: the shape is checked by the server.
type Document = any;

let api: TestApi;
let own: Awaited<ReturnType<TestApi['organization']>>;
/** The invoice, and the one that adjusts it. */
const fallen: Document[] = [];

beforeAll(async () => {
  api = await startTestApi();
  own = await api.organization({ name: 'Fallen', grace_minutes: 0 });
  const create = async (path: string, body: unknown) => {
    const answer = await own.api.post(path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const meter = { name: 'Used', event_type: 'used' };
  await create('/v1/meters', { ...meter, key: 'units', aggregation: 'sum', value_property: 'n', group_by: ['region'] });
  await create('/v1/tax-rates', { key: 'vat', name: 'VAT', percent: '19', inclusive: false, valid_from: '2020-01-01' });
  await create('/v1/coupons', { key: 'some', name: 'Some', percent: '15', duration: 'forever' });
  await create('/v1/meters', {
    name: 'Used',
    event_type: 'used',
    key: 'other',
    aggregation: 'sum',
    value_property: 'n',
  });
  await create('/v1/customers', { key: 'gamma', name: 'Gamma', tax_rates: ['vat'] });
  await create('/v1/customers/gamma/discounts', { coupon: 'some', starts_on: '2026-01-01' });
  await create('/v1/plans', {
    key: 'least',
    name: 'Least',
    currency: 'EUR',
    minimum_amount: '100',
    charges: [
      {
        key: 'units',
        meter: 'units',
        group_by: ['region'],
        minimum_amount: '20',
        price: { model: 'per_unit', unit_amount: '0.333' },
      },
      { key: 'other', meter: 'other', price: { model: 'per_unit', unit_amount: '0.5' } },
    ],
  });
  await create('/v1/subscriptions', { customer: 'gamma', plan: 'least', starts_on: '2026-10-01' });
  const feed = await createFeed(api.worker);
  const used = (id: string, day: number, n: string) => ({
    ...usedEvent(id, { time: Date.parse(`2026-10-${day}T10:00:00Z`), properties: { n, region: 'eu' } }),
    customer: 'gamma',
  });
  await feed(own.id, [used('h', 10, '40')]);
  await bill(api.owner, api.worker, own.id, {}, { endsAfter: '2026-10-01', endsUntil: '2026-11-01' });
  await feed(own.id, [used('i', 12, '-13')]);
  await runBilling(runDependencies(api.worker), own.id, (await create('/v1/admin/customers/gamma/rerate', {})).run.id);
  const paths = async () =>
    (await own.api.get('/v1/invoices?customer=gamma')).body.data.map(({ id }: Document) => `/v1/invoices/${id}`);
  for (const path of await paths()) fallen.unshift((await own.api.get(path)).body);
}, 60_000);
afterAll(() => api?.stop());

const kindsOf = ({ lines }: Document) =>
  lines.map(({ kind, adjusts, charge_key: key }: Document) => [kind, adjusts, key].filter(Boolean).join(' '));

test('are adjusted, and what they were made from is told', async () => {
  expect(fallen.map(kindsOf)).toEqual([
    ['usage units', 'minimum units', 'usage other', 'commitment'],
    ['adjustment minimum units', 'adjustment commitment'],
  ]);
  const [original, adjusted] = fallen;
  const compared = async ({ id }: Document, position: number) =>
    (await own.api.get(`/v1/invoices/${id}/lines/${position}/explain`)).body.compared;
  const on = { document: { id: original.id, number: original.number } };
  expect(await compared(adjusted, 1)).toMatchObject({
    minimum_amount: '20',
    counts: [{ ...on, charge_key: 'units', kind: 'usage', quantity: '27', amount: '8.99' }],
  });
  expect(await compared(adjusted, 2)).toMatchObject({
    minimum_amount: '100',
    counts: [
      { ...on, charge_key: 'other', kind: 'usage', amount: '13.50' },
      { ...on, charge_key: 'units', kind: 'usage', amount: '20.00' },
    ],
  });
  expect(await compared(original, 4)).toMatchObject({ counts: [{ amount: '20.00' }, { amount: '20.00' }] });
});

const FIGURES = [
  ['{lines,0,amount}', 'line 1 amount'],
  ['{lines,0,counts,0,amount}', 'line 1 counted'],
  ['{lines,0,counts,0,quantity}', 'line 1 counted 1 units'],
  ['{lines,0,steps,0,amount}', 'line 1 steps'],
  ['{lines,1,amount}', 'line 2 amount'],
  ['{lines,1,counts,0,amount}', 'line 2 amount'],
  ['{lines,1,counts,1,amount}', 'line 2 counted'],
  ['{lines,1,steps,1,amount}', 'line 2 counted'],
] as const;

test('a figure that was changed is told', async () => {
  const adjusted = fallen[1];
  for (const [path, told] of FIGURES) {
    const { output } = await whileChanged(api.owner, adjusted.id, path, () =>
      recomputed(api, own.adminKey, adjusted.id),
    );
    const different = output.split('\n').filter((row) => row.endsWith('DIFFERENT'));
    expect([path, different.map((row) => row.split('  ')[0])]).toEqual([path, expect.arrayContaining(['hash', told])]);
  }
}, 120_000);

test('recomputed and verified', async () => {
  for (const { id, number, lines } of fallen) {
    const { code, output } = await recomputed(api, own.adminKey, id);
    expect([number, code, output.split('\n').filter((row) => /DIFFERENT|cannot/.test(row))]).toEqual([number, 0, []]);
    for (const { position } of lines) expect(output).toMatch(new RegExp(`^line ${position} amount `, 'm'));
  }
  expect(await verifyDatabase(api.owner, { organizationId: own.id, redraw: true })).toMatchObject({ ok: true });
});
