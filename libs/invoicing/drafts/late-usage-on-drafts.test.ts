import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createWorld, linesOf, type World } from '#tests/support/late.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { changeDraft } from './change-draft.ts';
import { finalizeDraft } from './finalize-draft.ts';
import { previewInvoice } from './preview-invoice.ts';

/*
 * Late usage comes with the next invoice, whoever makes that: a run, somebody who finalizes its draft by hand before the run does, or a
 * preview of either.
 */

let database: TestDatabase;
let owner: Pool;
let worker: Pool;
let api: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  worker = database.pool('tollbook_worker');
  api = database.pool('tollbook_api');
});
afterAll(() => database?.drop());

const APRIL = '2025-04-10T00:00:00Z';
const NOW = Date.parse('2025-05-01T06:00:00Z');
const PER_CALL = { model: 'per_unit', unit_amount: '0.10' };

/** 100 calls of March were billed; of April there are 10, and of March as many as are given by now. */
async function acme(march: number): Promise<World> {
  const made = await createWorld(owner, worker, {
    charges: (meterId) => [{ key: 'calls', meterId, price: PER_CALL }],
    tax: ['19', false],
    coupons: [{ percent: '10' }],
  });
  await made.calls('2025-03-10T12:00:00Z', { '': 100 });
  // Entered when it began, so that April is due by itself.
  await owner.query("UPDATE subscriptions SET created_at = '2025-01-01', due_from = '2025-05-01' WHERE id = $1", [
    made.subscriptionId,
  ]);
  await made.bill('2025-03');
  await made.calls('2025-03-10T12:00:00Z', { '': march });
  await made.calls(APRIL, { '': 10 });
  return made;
}

/** A draft of what falls due on 1 May. */
async function draftOf({ organizationId, customerId }: World): Promise<string> {
  const id = uuidv7(Date.now());
  await owner.query(
    `INSERT INTO invoice_drafts (organization_id, id, customer_id, kind, currency, due_on, time_zone, finalize_at, body)
     VALUES ($1, $2, $3, 'period', 'EUR', '2025-05-01', 'UTC', now(), '{}')`,
    [organizationId, id, customerId],
  );
  return id;
}

type Figures = Pick<InvoiceDocument, 'kind' | 'lines' | 'taxes' | 'discounts' | 'total'>;
const figures = (documents: readonly Figures[]) =>
  documents.map(({ kind, total, taxes, discounts, ...rest }) => [
    kind,
    total,
    taxes.map(({ base, amount }) => `${amount} of ${base}`),
    discounts.map(({ taken }) => taken),
    linesOf(rest as InvoiceDocument),
  ]);

const sorted = (documents: readonly Figures[]) => figures(documents).sort((a, b) => (String(a) < String(b) ? -1 : 1));

async function previewOf({ organizationId, customerId }: World) {
  const { drafts } = await previewInvoice(api, { organizationId, customerId, now: NOW, until: '2025-05-01' });
  return sorted(drafts.filter(({ isSkipped }) => !isSkipped).map(({ body }) => body));
}

async function byHand(made: World) {
  const before = (await made.documents()).length;
  const { organizationId } = made;
  const id = await draftOf(made);
  const changed = await changeDraft(api, { organizationId, id, now: NOW }, null);
  const finalized = await finalizeDraft(api, { organizationId, id, now: NOW });
  expect(finalized.status).toBe('finalized');
  const documents = (await made.documents()).slice(before);
  return { draft: changed.status === 'changed' ? changed.draft.body : null, id, documents };
}

test.each([
  ['more', 150, ['adjustment of usage calls 4.50 tax 0.86']],
  ['less', 40, []],
  ['nothing new', 100, []],
])('a draft finalized by hand bills what came late as a run does: %s', async (_name, march, adjustments) => {
  const made = await acme(march);
  const preview = await previewOf(made);
  const twin = await acme(march);
  const run = await twin.bill('2025-04');
  const { draft, id, documents } = await byHand(made);
  expect(sorted(documents)).toEqual(sorted(run));
  expect(preview).toEqual(sorted(run));
  const invoice = documents.find((document) => document.id === id) as InvoiceDocument;
  expect(figures([draft as Figures])).toEqual(figures([invoice]));
  expect(linesOf(invoice)).toEqual(['usage calls 0.90 tax 0.17', ...adjustments]);
  expect(await made.account('2025-03')).toEqual(await twin.account('2025-03'));
  // Seen, and not billed again, neither by hand nor by a run.
  expect(await made.look('2025-05-02', { alone: true })).toEqual([]);
  expect(await made.bill('2025-05')).toEqual([]);
});

test('what came between the draft and finalizing it is billed with it, and a run at the same time makes no second line of it', async () => {
  const made = await acme(150);
  const id = await draftOf(made);
  const { organizationId } = made;
  await Promise.all([finalizeDraft(api, { organizationId, id, now: NOW }), made.bill('2025-04')]);
  const documents = await made.documents();
  const adjustments = documents.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'adjustment'));
  expect(adjustments).toHaveLength(1);
  expect(documents).toHaveLength(2);
});
