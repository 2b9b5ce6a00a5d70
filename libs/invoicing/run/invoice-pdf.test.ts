import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { bill, billingFixture, runDependencies } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import { readInvoicePdf } from './invoice-pdf.ts';
import { runBilling } from './run-billing.ts';

let database: TestDatabase;
let owner: Pool;
let worker: Pool;
let api: Pool;
let fixture: ReturnType<typeof billingFixture>;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  worker = database.pool('tollbook_worker');
  api = database.pool('tollbook_api');
  fixture = billingFixture(owner);
});
afterAll(() => database?.drop());

async function customers(count: number) {
  const organizationId = await fixture.organization();
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  for (let n = 0; n < count; n += 1) await fixture.simpleCustomer(organizationId, `customer-${n}`, planId);
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

test('a page that cannot be made does not undo the invoice nor stop the others, and is made once it can', async () => {
  const organizationId = await customers(3);
  const run = await finalizeOnly(organizationId);
  const [, victim] = await fixture.documents(organizationId);
  await owner.query(`CREATE FUNCTION refuse_page() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.invoice_id = '${victim.id}' THEN RAISE EXCEPTION 'disk full'; END IF; RETURN NEW; END $$`);
  await owner.query('CREATE TRIGGER refuse BEFORE INSERT ON invoice_pdfs FOR EACH ROW EXECUTE FUNCTION refuse_page()');
  const failures: string[] = [];
  const ended = await runBilling(
    runDependencies(worker, { onPdfFailure: (id) => failures.push(id) }),
    organizationId,
    run.id,
  );
  await owner.query('DROP TRIGGER refuse ON invoice_pdfs');
  expect(ended).toMatchObject({ state: 'completed', invoicesCreated: 3 });
  expect(failures).toEqual([victim.id]);
  expect(await storedPdfs(organizationId)).toBe(2);
  expect(await readInvoicePdf(api, organizationId, victim.id)).not.toBeNull();
  expect(await storedPdfs(organizationId)).toBe(3);
});
