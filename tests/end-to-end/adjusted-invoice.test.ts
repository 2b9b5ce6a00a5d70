import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { verifyDatabase } from '#libs/invoicing/verify/verify-database.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { bill, runDependencies } from '../support/billing.ts';
import { usedEvent } from '../support/every-model.ts';
import { createFeed } from '../support/metering.ts';
import { pdfText } from '../support/pdf-text.ts';
import { recomputed, whileChanged } from '../support/recomputed.ts';

/*
 * An invoice with a minimum and a commitment, one that adjusts it, a credit note for what came less, and one that was entered by hand: each is explained,
 * recomputed, exported, drawn and verified like any other.
 */

// biome-ignore lint/suspicious/noExplicitAny: the shape is checked by the server.
type Document = any;

let api: TestApi;
let own: Awaited<ReturnType<TestApi['organization']>>;
/** In the order in which they were made. */
let first: Document;
let adjusting: Document;
let again: Document;
let byHand: Document;
let notes: Document[];
/** Of another customer: an invoice that was adjusted, and then issued anew less what adjusts it. */
let reissued: Document;

beforeAll(async () => {
  api = await startTestApi();
  own = await api.organization({ name: 'Late', grace_minutes: 0 });
  const create = async (path: string, body: unknown) => {
    const answer = await own.api.post(path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const meter = { name: 'Used', event_type: 'used' };
  await create('/v1/meters', {
    ...meter,
    key: 'units',
    aggregation: 'sum',
    value_property: 'n',
    group_by: ['region'],
  });
  await create('/v1/meters', { ...meter, key: 'shares', aggregation: 'count' });
  await create('/v1/tax-rates', { key: 'vat', name: 'VAT', percent: '19', inclusive: false, valid_from: '2020-01-01' });
  await create('/v1/customers', { key: 'acme', name: 'Acme', tax_rates: ['vat'] });
  await create('/v1/coupons', { key: 'some', name: 'Some', percent: '15', duration: 'forever' });
  await create('/v1/customers/acme/discounts', { coupon: 'some', starts_on: '2026-01-01' });
  await create('/v1/plans', {
    key: 'all',
    name: 'All',
    currency: 'EUR',
    minimum_amount: '100',
    charges: [
      { key: 'units', meter: 'units', group_by: ['region'], price: { model: 'per_unit', unit_amount: '0.333' } },
      { key: 'shares', meter: 'shares', minimum_amount: '20', price: { model: 'per_unit', unit_amount: '1.5' } },
    ],
  });
  await create('/v1/subscriptions', { customer: 'acme', plan: 'all', starts_on: '2026-10-01' });
  const feed = await createFeed(api.worker);
  const used = (id: string, day: number, n: string) =>
    usedEvent(id, { time: Date.parse(`2026-10-${day}T10:00:00Z`), properties: { n, region: 'eu' } });
  await feed(own.id, [used('a', 10, '31'), used('b', 11, '17.5')]);
  await bill(api.owner, api.worker, own.id, {}, { endsAfter: '2026-10-01', endsUntil: '2026-11-01' });
  const rerate = async () => {
    const { run } = await create('/v1/admin/customers/acme/rerate', {});
    await runBilling(runDependencies(api.worker), own.id, run.id);
  };
  await feed(own.id, [used('c', 12, '40.1')]);
  await rerate();
  await feed(own.id, [used('d', 13, '7')]);
  await rerate();
  await create('/v1/customers', { key: 'beta', name: 'Beta', tax_rates: ['vat'] });
  await create('/v1/plans', {
    key: 'plain',
    name: 'Plain',
    currency: 'EUR',
    charges: [{ key: 'units', meter: 'units', price: { model: 'per_unit', unit_amount: '0.333' } }],
  });
  await create('/v1/subscriptions', { customer: 'beta', plan: 'plain', starts_on: '2026-10-01' });
  const ofBeta = (id: string, day: number, n: string) => ({ ...used(id, day, n), customer: 'beta' });
  await feed(own.id, [ofBeta('e', 10, '100')]);
  await bill(api.owner, api.worker, own.id, {}, { endsAfter: '2026-10-01', endsUntil: '2026-11-01' });
  await feed(own.id, [ofBeta('f', 11, '20')]);
  const { run } = await create('/v1/admin/customers/beta/rerate', {});
  await runBilling(runDependencies(api.worker), own.id, run.id);
  await feed(own.id, [ofBeta('g', 12, '3')]);
  const ofBetaFirst = (await own.api.get('/v1/invoices?customer=beta')).body.data.at(-1);
  ({ invoice: reissued } = await create(`/v1/admin/invoices/${ofBetaFirst.id}/regenerate`, {}));
  const lines = [{ description: 'Consulting', quantity: '1.5', unit_amount: '120' }];
  const draft = await create('/v1/invoices', { customer: 'acme', currency: 'EUR', lines });
  await create(`/v1/invoices/${draft.id}/finalize`, {});
  const all = async (path: string) => {
    const found = (await own.api.get(path)).body.data.map(({ id }: Document) => own.api.get(`${path}/${id}`));
    const documents = (await Promise.all(found)).map(({ body }) => body);
    return documents.sort((one, other) => (one.number < other.number ? -1 : 1));
  };
  const isOfAcme = ({ customer }: Document) => customer === 'acme';
  [first, adjusting, again, byHand] = (await all('/v1/invoices')).filter(isOfAcme);
  notes = (await all('/v1/credit-notes')).filter(isOfAcme);
}, 60_000);
afterAll(() => api?.stop());

const kindsOf = ({ lines }: Document) =>
  lines.map(({ kind, adjusts, charge_key: key }: Document) => [kind, adjusts, key].filter(Boolean).join(' '));
const everyDocument = () => [first, adjusting, again, byHand, ...notes];

test('what was made', () => {
  expect([first, adjusting, again, byHand].map(kindsOf)).toEqual([
    ['usage units', 'usage shares', 'minimum shares', 'commitment'],
    ['adjustment usage units', 'adjustment usage shares'],
    ['adjustment usage units', 'adjustment usage shares'],
    ['manual'],
  ]);
  expect(notes.map(kindsOf)).toEqual([
    ['minimum shares', 'commitment'],
    ['minimum shares', 'commitment'],
  ]);
});

describe('explained', () => {
  const explain = async ({ id, kind }: Document, position: number, rest = '') =>
    (
      await own.api.get(
        `/v1/${kind === 'invoice' ? 'invoices' : 'credit-notes'}/${id}/lines/${position}/explain${rest}`,
      )
    ).body;

  test('every line of every document', async () => {
    for (const document of everyDocument())
      for (const line of document.lines)
        expect(await explain(document, line.position)).toMatchObject({ line, document: { number: document.number } });
  });

  test('an adjustment: what was billed before, on which documents, and what it was made from by then', async () => {
    const [line] = first.lines;
    const one = await explain(adjusting, 1);
    const before = Number(line.amount) - Number(line.discount);
    expect(one).toMatchObject({
      charge: { key: 'units' },
      period: { from: '2026-10-01', to: '2026-11-01' },
      usage: { billed: { quantity: '88.6', event_count: '3' }, late: { quantity: '7', event_count: '1' } },
      adjusted: {
        kind: 'usage',
        before: [
          { document: { id: first.id, number: first.number, kind: 'invoice' }, position: 1, amount: before.toFixed(2) },
        ],
        billed_before: before.toFixed(2),
      },
    });
    const events = await explain(adjusting, 1, '/events');
    expect(events.data.map(({ id }: Document) => id)).toEqual(['a', 'b', 'c']);
    const two = await explain(again, 1);
    expect(two.adjusted.before.map(({ document, amount }: Document) => [document.number, amount])).toEqual([
      [first.number, before.toFixed(2)],
      [adjusting.number, adjusting.lines[0].amount],
    ]);
    const step = again.lines[0].steps.find(({ rule }: Document) => rule === 'billed_before');
    expect(Number(step.amount)).toBe(-Number(two.adjusted.billed_before));
    expect((await explain(first, 1)).adjusted).toBeNull();
  });

  test('issued anew: what is taken off is what the other one bills', async () => {
    expect(kindsOf(reissued)).toEqual(['usage units', 'adjustment usage units']);
    const [, less] = reissued.lines;
    const { adjusted } = await explain(reissued, 2);
    expect(less.amount).toBe('-6.66');
    expect(adjusted).toMatchObject({ before: [{ document: { number: less.of.number } }], billed_before: '6.66' });
  });
});

test('recomputed from their events', async () => {
  for (const { id, number, lines, kind } of [...everyDocument(), reissued]) {
    const { code, output } = await recomputed(api, own.adminKey, id);
    const told = output.split('\n').filter((row) => /DIFFERENT|cannot/.test(row));
    expect([number, code, told]).toEqual([number, 0, []]);
    // All but what was entered by hand.
    if (kind === 'invoice' && id !== byHand.id)
      for (const { position } of lines) expect(output).toMatch(new RegExp(`^line ${position} amount `, 'm'));
  }
}, 60_000);

test('what an invoice issued anew takes off is told when it was changed', async () => {
  const run = () => recomputed(api, own.adminKey, reissued.id);
  const { output } = await whileChanged(api.owner, reissued.id, '{lines,1,amount}', run);
  expect(output).toMatch(/^line 2 amount .*DIFFERENT$/m);
  expect(await run()).toMatchObject({ code: 0 });
});

test('exported, as NDJSON and as CSV', async () => {
  const json = (await own.api.get('/v1/exports/invoice-lines?format=ndjson&customer=acme')).bytes
    .toString()
    .trim()
    .split('\n');
  const rows: Document[] = json.map((line) => JSON.parse(line));
  const cells: Document[] = parse((await own.api.get('/v1/exports/invoice-lines?format=csv&customer=acme')).bytes, {
    columns: true,
  });
  const said = everyDocument().flatMap(({ number, lines }) =>
    lines.map(({ position, kind, amount, net }: Document) => [number, String(position), kind, amount, net]),
  );
  const shown = (list: Document[]) =>
    list.map((row) => [row.document_number, String(row.position), row.kind, row.amount, row.net]);
  expect(shown(rows).sort()).toEqual(said.sort());
  expect(shown(cells).sort()).toEqual(said.sort());
  const adjusted = (list: Document[]) =>
    list.filter(({ kind }) => kind === 'adjustment').map((row) => [row.adjusts, row.of?.number ?? row.of_number]);
  expect(adjusted(rows)).toEqual(Array(4).fill(['usage', first.number]));
  expect(adjusted(cells)).toEqual(adjusted(rows));
});

test('drawn: an adjustment names the document that it adjusts and what was billed before', async () => {
  for (const document of everyDocument()) {
    const path = document.kind === 'invoice' ? 'invoices' : 'credit-notes';
    const text = await pdfText((await own.api.get(`/v1/${path}/${document.id}/pdf`)).bytes);
    expect(text).toContain(document.number);
    if (kindsOf(document).some((kind: string) => kind.startsWith('adjustment'))) {
      expect(text).toContain(first.number);
      expect(text).toMatch(/billed before/i);
      expect(text).toContain('Discounts of the invoice');
      expect(text).not.toMatch(/undefined|Discount of 0 %/);
    }
  }
});

test('verified, with pages, by route and by database', async () => {
  for (const { kind, id } of everyDocument()) {
    if (kind !== 'invoice') continue;
    const { body } = await own.api.get(`/v1/invoices/${id}/verify`);
    expect(body).toMatchObject({ ok: true });
    expect(body.checks).toContainEqual(
      expect.objectContaining({ name: 'pdf', detail: expect.stringMatching(/drawn again/) }),
    );
  }
  expect(await verifyDatabase(api.owner, { organizationId: own.id, redraw: true })).toMatchObject({ ok: true });
});
