import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, billingFixture, billWithoutPages } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { voidInvoice } from '../correct/void-invoice.ts';
import { FontMissing } from '../pdf/fonts/load-font.ts';
import { renderInvoicePdf } from '../pdf/render-invoice-pdf.ts';
import { createRenderPool, type Render, type RenderPool } from '../pdf/render-pool.ts';
import { takePagesToDraw } from '../store/take-pages-to-draw.ts';
import { drawWaitingPages, type WaitingPagesOptions } from './draw-waiting-pages.ts';

let database: TestDatabase;
let owner: Pool;
let worker: Pool;
let fixture: ReturnType<typeof billingFixture>;
/** In which the page of the customer "throws" finds no font. */
let faulty: RenderPool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  worker = database.pool('tollbook_worker');
  fixture = billingFixture(owner);
  const module = new URL('../../../tests/support/render-with-faults.ts', import.meta.url);
  faulty = createRenderPool({ threads: 1, worker: module });
});
beforeEach(() => owner.query('TRUNCATE pages_to_draw'));
afterAll(async () => {
  await faulty?.close();
  await database?.drop();
});

async function customers(...keys: readonly string[]) {
  const organizationId = await fixture.organization();
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  for (const key of keys) await fixture.simpleCustomer(organizationId, key, planId);
  return organizationId;
}

/** Billed by a run that ended without a single page, in the order of the keys. */
async function billedWithoutPages(...keys: readonly string[]) {
  const organizationId = await customers(...keys);
  await bill(owner, worker, organizationId, { render: () => Promise.reject(new FontMissing('f', 'F.ttf', null)) });
  await owner.query(
    `UPDATE pages_to_draw p SET due_at = p.due_at - interval '1 hour' + interval '1 second' * array_position($1::text[], c.key)
       FROM invoices i JOIN customers c ON c.organization_id = i.organization_id AND c.id = i.customer_id
      WHERE p.organization_id = i.organization_id AND p.invoice_id = i.id`,
    [keys],
  );
  return organizationId;
}

const look = (options: Partial<WaitingPagesOptions> = {}) =>
  drawWaitingPages(worker, { render: faulty.render, stopped: () => false, onFailure: () => {}, ...options });

const isOver = () => owner.query("UPDATE pages_to_draw SET due_at = now() - interval '1 second'");

async function waiting() {
  const { rows } = await owner.query(
    `SELECT c.key, p.attempts, p.reason, round(extract(epoch FROM p.due_at - now()) / 60)::integer AS minutes
       FROM pages_to_draw p
       JOIN invoices i ON i.organization_id = p.organization_id AND i.id = p.invoice_id
       JOIN customers c ON c.organization_id = i.organization_id AND c.id = i.customer_id ORDER BY p.due_at`,
  );
  return rows;
}

test('a page whose font was missing is drawn when the font is there; until then it is told how often, and others are drawn', async () => {
  await billedWithoutPages('throws', 'a', 'b');
  expect(await waiting()).toMatchObject([{ key: 'throws', attempts: 0 }, { key: 'a' }, { key: 'b' }]);
  const failures: unknown[] = [];
  const onFailure: WaitingPagesOptions['onFailure'] = ({ attempts }, error) =>
    failures.push([attempts, (error as Error).message]);
  expect(await look({ onFailure })).toEqual({ drawn: 2, failed: 1, missing: 1, isFull: false });
  expect(failures).toEqual([[1, expect.stringContaining('Some.ttf')]]);
  expect(await waiting()).toEqual([
    { key: 'throws', attempts: 1, reason: expect.stringContaining('Some.ttf'), minutes: 5 },
  ]);
  // Not before its pause is over, which grows.
  expect(await look({ onFailure })).toEqual({ drawn: 0, failed: 0, missing: 1, isFull: false });
  await isOver();
  expect(await look({ onFailure })).toMatchObject({ failed: 1 });
  expect(await waiting()).toMatchObject([{ attempts: 2, minutes: 10 }]);
  await owner.query("UPDATE pages_to_draw SET attempts = 90, due_at = now() - interval '1 second'");
  expect(await look({ onFailure })).toMatchObject({ failed: 1 });
  expect(await waiting()).toMatchObject([{ attempts: 91, minutes: 1440 }]);
  await isOver();
  expect(await look({ render: renderInvoicePdf })).toEqual({ drawn: 1, failed: 0, missing: 0, isFull: false });
  expect(await waiting()).toEqual([]);
});

test('a look takes what has waited longest, and no more than it may', async () => {
  const organizationId = await billedWithoutPages('throws', 'a', 'b', 'c');
  const drawn = async () =>
    (
      await owner.query(
        `SELECT c.key FROM invoice_pdfs p JOIN invoices i ON i.id = p.invoice_id JOIN customers c ON c.id = i.customer_id
          WHERE p.organization_id = $1 ORDER BY p.rendered_at`,
        [organizationId],
      )
    ).rows.map(({ key }) => key);
  expect(await look({ taken: 1 })).toEqual({ drawn: 0, failed: 1, missing: 1, isFull: true });
  expect(await look({ taken: 1 })).toMatchObject({ drawn: 1, isFull: true });
  expect(await drawn()).toEqual(['a']);
  expect(await look({ taken: 2 })).toMatchObject({ drawn: 2, failed: 0, missing: 1 });
  expect((await drawn()).slice(1).sort()).toEqual(['b', 'c']);
});

test('documents that the API issued have pages without anybody asking', async () => {
  const organizationId = await customers('a');
  await bill(owner, worker, organizationId);
  expect(await waiting()).toEqual([]);
  const [invoice] = await fixture.documents(organizationId);
  const request = { organizationId, invoiceId: invoice.id, reason: 'r', requestedBy: 'test', billAgain: false };
  const made = await voidInvoice(database.pool('tollbook_api'), { ...request, clock: Date.now });
  if (made.status !== 'voided') throw new Error(made.status);
  expect(await look()).toMatchObject({ drawn: 1, failed: 0 });
  const { rows } = await owner.query('SELECT FROM invoice_pdfs WHERE invoice_id = $1', [made.creditNote.id]);
  expect(rows).toHaveLength(1);
});

test('a run that has not drawn its pages yet is left alone, until it ends', async () => {
  const organizationId = await customers('a', 'b');
  await billWithoutPages(owner, worker, organizationId);
  expect(await look()).toMatchObject({ drawn: 0, failed: 0 });
  await owner.query("UPDATE billing_runs SET state = 'failed' WHERE organization_id = $1", [organizationId]);
  expect(await look()).toMatchObject({ drawn: 2, failed: 0 });
});

test('several looks at once draw each page once', async () => {
  await billedWithoutPages('a', 'b', 'c', 'd', 'e', 'f');
  const numbers: string[] = [];
  const render: Render = (document, details) => {
    numbers.push(document.number);
    return renderInvoicePdf(document, details);
  };
  const looks = await Promise.all([1, 2, 3].map(() => look({ render, taken: 4 })));
  expect(looks.map(({ drawn }) => drawn).reduce((sum, drawn) => sum + drawn)).toBe(6);
  expect(numbers.sort()).toEqual([...new Set(numbers)].sort());
  expect(await waiting()).toEqual([]);
});

test('a page that takes its process down was counted before, and the next look draws others', async () => {
  await billedWithoutPages('a', 'b');
  // All that is left of a process that died while it drew.
  expect(await inTransaction(worker, (tx) => takePagesToDraw(tx, 1))).toMatchObject([{ attempts: 1 }]);
  expect(await look()).toMatchObject({ drawn: 1, failed: 0, missing: 1 });
  expect(await waiting()).toMatchObject([{ key: 'a', attempts: 1, minutes: 5 }]);
  await isOver();
  expect(await look()).toMatchObject({ drawn: 1, missing: 0 });
});

test('a page that somebody else drew meanwhile is not drawn again', async () => {
  await billedWithoutPages('a');
  let drawn = 0;
  const render: Render = (document, details) => {
    drawn += 1;
    return renderInvoicePdf(document, details);
  };
  await look({ render });
  await owner.query(
    'INSERT INTO pages_to_draw (organization_id, invoice_id) SELECT organization_id, invoice_id FROM invoice_pdfs ORDER BY rendered_at DESC LIMIT 1',
  );
  expect(await look({ render })).toMatchObject({ failed: 0, missing: 0 });
  expect(drawn).toBe(1);
  expect(await waiting()).toEqual([]);
});
