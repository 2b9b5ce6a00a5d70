import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { bill, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import { renderInvoicePdf } from '../pdf/render-invoice-pdf.ts';
import { createRenderPool } from '../pdf/render-pool.ts';
import { runBilling } from '../run/run-billing.ts';
import { readInvoicePdf } from './invoice-pdf.ts';

const { owner, worker, api, fixture } = await billingDatabase();

/** That many; the second has the key that is given. */
async function customers(count: number, second = 'customer-1') {
  const organizationId = await fixture.organization();
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  for (let n = 0; n < count; n += 1)
    await fixture.simpleCustomer(organizationId, n === 1 ? second : `customer-${n}`, planId);
  return organizationId;
}

/** Finalizes without rendering, as a run that dies in between would. */
async function finalizeOnly(organizationId: number) {
  const run = await fixture.queue(organizationId);
  const stop = new AbortController();
  const checkpoint = async (step: string) => {
    if (step === 'finalized') stop.abort();
  };
  await runBilling(runDependencies(worker, { checkpoint, signal: stop.signal }), organizationId, run.id);
  return run;
}

const storedPdfs = async (organizationId: number): Promise<number> =>
  (await owner.query('SELECT count(*)::integer AS n FROM invoice_pdfs WHERE organization_id = $1', [organizationId]))
    .rows[0].n;

test('a missing page is made when it is asked for, and the first bytes are kept', async () => {
  const organizationId = await customers(1);
  await finalizeOnly(organizationId);
  expect(await storedPdfs(organizationId)).toBe(0);
  const [invoice] = await fixture.documents(organizationId);
  const pages = await Promise.all([1, 2, 3, 4].map(() => readInvoicePdf(api, organizationId, invoice.id)));
  const [first] = pages;
  if (!first) throw new Error('no page');
  expect(await pdfText(first.bytes)).toContain(invoice.number);
  expect(createHash('sha256').update(first.bytes).digest().equals(first.sha256)).toBe(true);
  for (const page of pages) expect(page?.bytes.equals(first.bytes)).toBe(true);
  expect(await storedPdfs(organizationId)).toBe(1);
});

test('a document of nobody, or of another organization, has none', async () => {
  const organizationId = await customers(1);
  await bill(owner, worker, organizationId);
  const [invoice] = await fixture.documents(organizationId);
  expect(await readInvoicePdf(api, organizationId, crypto.randomUUID())).toBeNull();
  expect(await readInvoicePdf(api, await fixture.organization(), invoice.id)).toBeNull();
});

const PAGES = [
  // The first says which: what a full disk answers, and a rendering that fails in one of three ways.
  { fault: 'disk full', key: 'customer-1', reason: /No space left on device/ },
  { fault: 'missing font', key: 'throws', reason: /the font file Some.ttf of the package some-font cannot be read/ },
  { fault: 'death of the thread', key: 'exits', reason: /could not be rendered/ },
  { fault: 'a rendering that hangs', key: 'hangs', reason: /took longer than 12 s/ },
];

describe('a page that cannot be made does not undo the invoice nor stop the others, and is made once it can', () => {
  const pool = createRenderPool({
    worker: new URL('../../../tests/support/render-with-faults.ts', import.meta.url),
    threads: 2,
    timeoutMs: 12_000,
  });
  afterAll(() => pool.close());

  test.each(PAGES)('$fault', async ({ key, reason }) => {
    const organizationId = await customers(3, key);
    await owner.query(`CREATE FUNCTION refuse_page() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (SELECT customer FROM (SELECT document->'buyer'->>'key' AS customer FROM invoices i WHERE i.id = NEW.invoice_id) c) = 'customer-1'
        THEN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END IF;
        RETURN NEW;
      END $$`);
    await owner.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON invoice_pdfs FOR EACH ROW EXECUTE FUNCTION refuse_page()',
    );
    const failures: [id: string, reason: string][] = [];
    const ended = await bill(owner, worker, organizationId, {
      render: pool.render,
      onPdfFailure: (id, error) => failures.push([id, (error as Error).message]),
    });
    await owner.query('DROP FUNCTION refuse_page CASCADE');
    expect(ended).toMatchObject({ state: 'completed', invoicesCreated: 3 });
    const missing = (await fixture.documents(organizationId)).filter(({ document }) => document.buyer.key === key);
    expect(failures).toEqual([[missing[0]?.id, expect.stringMatching(reason)]]);
    expect(await storedPdfs(organizationId)).toBe(2);
    expect(await readInvoicePdf(api, organizationId, missing[0]?.id ?? '')).not.toBeNull();
    expect(await storedPdfs(organizationId)).toBe(3);
  });
});

test('pages of a run are the same bytes, drawn by threads or in this one', async () => {
  const organizationId = await customers(5);
  const pool = createRenderPool({ threads: 2 });
  await bill(owner, worker, organizationId, { render: pool.render });
  await pool.close();
  for (const { id, document, hash } of await fixture.documents(organizationId)) {
    const stored = await readInvoicePdf(api, organizationId, id);
    expect(stored?.bytes.equals(await renderInvoicePdf(document, { hash: hash.toString('hex') }))).toBe(true);
  }
});
