import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { adjustBalance } from '#libs/ledger/run/adjust-balance.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { dyingPool } from '#tests/support/dying-pool.ts';
import { everythingStored } from '#tests/support/everything-stored.ts';
import { createWorld, type World } from '#tests/support/late.ts';
import { nextVersion } from '#tests/support/next-version.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import type { InvoiceDocument, SaltedBuyer } from '../documents/document.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { previewRegenerate, regenerateInvoice } from './regenerate-invoice.ts';
import { previewVoid, voidInvoice } from './void-invoice.ts';

/*
 * What is looked at first is what is then issued, to the last field, and looking stores nothing. Wherever it dies that issues them, either
 * all is there or nothing.
 */

let database: TestDatabase;
let owner: Pool;
let api: Pool;
let worker: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  api = database.pool('tollbook_api');
  worker = database.pool('tollbook_worker');
});
afterAll(() => database?.drop());

const HOUR = '2025-03-10T12:00:00Z';
const chargesAt = (fee: string, call: string) => (meterId: number) => [
  { key: 'calls', meterId, price: { model: 'per_unit', unit_amount: call }, terms: { group_by: ['region'] } },
  { key: 'fee', price: { model: 'flat', amount: fee }, terms: { billing: 'in_arrears' } },
];

/** March, paid in part from credit, with coupons, adjusted by April at the old prices; the plan has new ones since, far lower. */
async function adjusted(): Promise<{ acme: World; request: Parameters<typeof regenerateInvoice>[1] }> {
  const acme = await createWorld(owner, worker, {
    charges: chargesAt('5', '0.10'),
    minimumAmount: '10',
    tax: ['19', false],
    coupons: [{ percent: '10' }, { amount: '2' }],
  });
  const { organizationId, customerId } = acme;
  await acme.calls(HOUR, { eu: 100 });
  await inOrganization(worker, organizationId, (tx) =>
    adjustBalance(tx, organizationId, {
      id: uuidv7(Date.now()),
      customerId,
      currency: 'EUR',
      account: 'credit',
      amount: '7',
      reason: 'r',
    }),
  );
  await acme.bill('2025-03');
  await acme.calls(HOUR, { eu: 100, us: 300 });
  await acme.bill('2025-04');
  await nextVersion(owner, acme.planId, { charges: chargesAt('4', '0.02')(acme.meterId), minimumAmount: '9' });
  const [march] = await acme.documents();
  const clock = () => Date.parse('2025-05-02T06:00:00Z');
  const request = { organizationId, invoiceId: march?.id as string, reason: 'r', requestedBy: 'test', clock };
  return { acme, request };
}

/** Of a document what it is before it has a number; the salt of its buyer is drawn with that. */
function plain(document: DocumentBody) {
  const {
    id: _i,
    series: _s,
    series_number: _n,
    number_pattern: _p,
    number: _m,
    due_date: _d,
    url: _u,
    ...body
  } = document as InvoiceDocument;
  const { salt: _, ...buyer } = body.buyer as Partial<SaltedBuyer>;
  return JSON.parse(JSON.stringify({ ...body, buyer })) as object;
}

const issued = ({ document }: StoredInvoice) => plain(document);

describe('looked at first', () => {
  test.each(['current', undefined] as const)('an invoice issued anew, prices %s', async (prices) => {
    const { acme, request } = await adjusted();
    const before = await everythingStored(owner);
    const looked = await previewRegenerate(api, { ...request, prices });
    if (looked.status !== 'preview') throw new Error(looked.status);
    expect(await everythingStored(owner)).toEqual(before);
    const made = await regenerateInvoice(api, { ...request, prices });
    if (made.status !== 'regenerated') throw new Error(made.status);
    expect(plain(looked.creditNote)).toEqual(issued(made.creditNote));
    expect(plain(looked.invoice)).toEqual(issued(made.invoice));
    expect(looked.notes.map(plain)).toEqual(made.notes.map(issued));
    expect(made.notes).toHaveLength(prices ? 1 : 0);
    expect(looked.creditNote.settlement?.credit).toBe('7.00');
    // Nothing else was issued.
    expect(await acme.documents()).toHaveLength(4 + made.notes.length);
    expect(await previewRegenerate(api, request)).toMatchObject({ status: 'already_voided' });
  });

  test('a voided one', async () => {
    const { request } = await adjusted();
    for (const billAgain of [true, false]) {
      const before = await everythingStored(owner);
      const looked = await previewVoid(api, { ...request, billAgain });
      if (looked.status !== 'preview') throw new Error(looked.status);
      expect(await everythingStored(owner)).toEqual(before);
      if (billAgain) continue;
      const made = await voidInvoice(api, { ...request, billAgain });
      if (made.status !== 'voided') throw new Error(made.status);
      expect(plain(looked.creditNote)).toEqual(issued(made.creditNote));
    }
    expect(await previewVoid(api, { ...request, billAgain: true })).toMatchObject({ status: 'already_voided' });
  });

  test('it waits for nobody: the numbers of a series may be taken meanwhile', async () => {
    const { request } = await adjusted();
    await inOrganization(worker, request.organizationId, async (tx) => {
      await tx.query('SELECT FROM invoice_series WHERE organization_id = $1 FOR UPDATE', [request.organizationId]);
      expect(await previewRegenerate(api, request)).toMatchObject({ status: 'preview' });
      expect(await previewVoid(api, { ...request, billAgain: true })).toMatchObject({ status: 'preview' });
    });
  });
});

test('killed at any statement of it, an invoice issued anew by current prices is there with all that belongs to it, or not at all', async () => {
  const { acme, request } = await adjusted();
  const wanted = { ...request, prices: 'current' } as const;
  const looked = await previewRegenerate(worker, wanted);
  const before = await everythingStored(owner);
  for (let at = 1; ; at += 1) {
    const { pool, asked } = dyingPool(worker, at);
    const result = await regenerateInvoice(pool, wanted).catch((error: Error) => error);
    if (!(result instanceof Error)) {
      if (result.status !== 'regenerated' || looked.status !== 'preview') throw new Error(result.status);
      // It was not asked that often: nothing died.
      expect(asked()).toBe(at - 1);
      expect(plain(looked.invoice)).toEqual(issued(result.invoice));
      break;
    }
    expect(result.message).toMatch(/terminat/i);
    expect(await everythingStored(owner)).toEqual(before);
  }
  // As if nothing had died: the units have the new prices.
  const { rows } = await owner.query(
    'SELECT DISTINCT p.version FROM billed_units b LEFT JOIN plans p ON p.id = b.priced_by WHERE b.organization_id = $1 AND b.service_from < $2',
    [acme.organizationId, '2025-04-01'],
  );
  expect(rows).toEqual([{ version: 2 }]);
}, 300_000);
