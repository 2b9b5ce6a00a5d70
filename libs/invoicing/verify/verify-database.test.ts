import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction, type Transaction } from '#libs/database/transaction.ts';
import { billingFixture, billWithoutPages, HOUR_IN_PAST_MONTH, NEXT_MONTH } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { CHAIN_START, hashDocument } from '../chain/document-hash.ts';
import { readSigningKey } from '../chain/read-signing-key.ts';
import { regenerateInvoice } from '../correct/regenerate-invoice.ts';
import { readInvoicePdf } from '../pages/invoice-pdf.ts';
import { signHeads } from '../run/sign-heads.ts';
import { selectChain } from '../store/select-chain.ts';
import { selectHeadsInOrder } from '../store/select-heads-in-order.ts';
import { verifyDatabase } from './verify-database.ts';
import type { HeadWithKey } from './verify-documents.ts';

/* What somebody can do who owns the database and puts the triggers aside, and how it is named. */

let database: TestDatabase;
let owner: Pool;
let worker: Pool;
let organizationId: number;
let numbers: string[];
let ids: string[];

const newKey = () =>
  readSigningKey(String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })));
const key = newKey();

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, worker] = [database.pool('owner'), database.pool('tollbook_worker')];
});
afterAll(() => database?.drop());

/** Three documents, signed, and three behind them that are not. */
beforeEach(async () => {
  const fixture = billingFixture(owner);
  organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const plan = await fixture.simplePlan(organizationId, meterId);
  for (const name of ['a', 'b', 'c']) {
    await fixture.simpleCustomer(organizationId, name, plan);
    await fixture.usage(organizationId, meterId, name, HOUR_IN_PAST_MONTH, '100');
  }
  await billWithoutPages(owner, worker, organizationId);
  await signHeads(worker, key, Date.now);
  await billWithoutPages(owner, worker, organizationId, NEXT_MONTH);
  const documents = await fixture.documents(organizationId);
  [numbers, ids] = [documents.map((row) => row.number), documents.map((row) => row.id)];
});

const verify = (more: Partial<Parameters<typeof verifyDatabase>[1]> = {}) =>
  verifyDatabase(worker, { organizationId, redraw: true, ...more });

/** As the owner, with every trigger and foreign key put aside. */
const attack = (work: (tx: Transaction) => Promise<unknown>) =>
  inTransaction(owner, async (tx) => {
    await tx.query("SET LOCAL session_replication_role = 'replica'");
    await work(tx);
  });
const by = (sql: string, ...values: unknown[]) => attack((tx) => tx.query(sql, values));
const touched = (table: string, document: unknown, reason: RegExp, more: object = {}) => ({
  ok: false,
  touched: { table, document, reason: expect.stringMatching(reason), ...more },
});

test('what nobody touched is whole; an erased buyer is counted', async () => {
  expect(await verify()).toEqual({ ok: true, seen: { documents: 6, heads: 1, unsigned: 3, redacted: 0 } });
  await owner.query('SELECT redact_buyer($1, $2)', [organizationId, ids[1]]);
  expect(await verify()).toEqual({ ok: true, seen: { documents: 6, heads: 1, unsigned: 3, redacted: 1 } });
});

describe('a row that was changed', () => {
  const cases: readonly [string, string, string, RegExp, object?][] = [
    ['a total', 'UPDATE invoices SET total = total + 1 WHERE id = $1', 'invoices', /^total is/],
    ['a date of issue', `UPDATE invoices SET due_date = due_date + 1 WHERE id = $1`, 'invoices', /^due_date is/],
    [
      'a document',
      `UPDATE invoices SET document = jsonb_set(document, '{total}', '"0.01"') WHERE id = $1`,
      'invoices',
      /content is not what was hashed/,
    ],
    [
      'the buyer of a document',
      `UPDATE invoices SET document = jsonb_set(document, '{buyer,name}', '"X"') WHERE id = $1`,
      'invoices',
      /content is not what was hashed/,
    ],
    [
      'a document dated again',
      `UPDATE invoices SET issue_date = issue_date + 1, document = jsonb_set(document, '{issue_date}', to_jsonb((issue_date + 1)::text)) WHERE id = $1`,
      'invoices',
      /not what was hashed|is missing before it|another hash|not there/,
    ],
    ['a hash', `UPDATE invoices SET hash = sha256('x') WHERE id = $1`, 'invoices', /content is not what was hashed/],
    [
      'an amount in a line alone',
      'UPDATE invoice_lines SET amount = amount + 0.01 WHERE invoice_id = $1 AND position = 2',
      'invoice_lines',
      /^amount is/,
      { position: 2 },
    ],
    [
      'a line that is gone',
      'DELETE FROM invoice_lines WHERE invoice_id = $1 AND position = 1',
      'invoice_lines',
      /row is not there/,
      { position: 1 },
    ],
    [
      'a line too many',
      `INSERT INTO invoice_lines SELECT organization_id, invoice_id, 9, subscription_id, charge_key, kind, description, service_from, service_to,
                                        quantity, amount, discount, net FROM invoice_lines WHERE invoice_id = $1 AND position = 1`,
      'invoice_lines',
      /no such line/,
      { position: 9 },
    ],
    [
      'evidence',
      'UPDATE invoice_lines SET event_count = event_count + 1 WHERE invoice_id = $1',
      'invoice_lines',
      /^event_count is/,
      { position: 2 },
    ],
    ['a page', `UPDATE invoice_pdfs SET bytes = 'x' WHERE invoice_id = $1`, 'invoice_pdfs', /bytes are not those/],
    [
      'a page with its hash',
      `UPDATE invoice_pdfs p SET bytes = o.bytes, sha256 = o.sha256 FROM invoice_pdfs o
        WHERE p.invoice_id = $1 AND o.organization_id = p.organization_id AND o.invoice_id <> $1`,
      'invoice_pdfs',
      /not the one that the document makes/,
    ],
    [
      'a voiding that never was',
      `INSERT INTO invoice_voidings (organization_id, invoice_id, credit_note_id, reason) SELECT organization_id, id, id, 'x' FROM invoices WHERE id = $1`,
      'invoice_voidings',
      /does not correct/,
    ],
  ];
  // Objects: a function with more arguments than a row has would be handed a callback to wait for.
  const named = cases.map(([name, sql, table, reason, more = {}]) => ({ name, sql, table, reason, more }));
  test.each(named)('$name', async ({ sql, table, reason, more }) => {
    if (table === 'invoice_pdfs') for (const id of ids.slice(1, 3)) await readInvoicePdf(worker, organizationId, id);
    await by(sql, ids[1]);
    const verdict = await verify();
    expect(verdict).toMatchObject(touched(table, expect.stringContaining(''), reason, more));
    // Named by its number, or where it should stand.
    expect(verdict.ok ? '' : verdict.touched.document).toMatch(
      new RegExp(`^(${numbers[1]}|${numbers[2]}|invoice [23] of .*)$`),
    );
  });

  test('a head: by its signature, or by the key that is not trusted', async () => {
    await by(
      `UPDATE chain_heads SET signed_at = signed_at - interval '1 day' WHERE organization_id = $1`,
      organizationId,
    );
    expect(await verify()).toMatchObject(touched('chain_heads', numbers[2], /signature/));
    await by('DELETE FROM chain_heads WHERE organization_id = $1', organizationId);
    await signHeads(worker, newKey(), Date.now);
    expect(await verify()).toMatchObject({ ok: true });
    expect(await verify({ trusted: new Set([key.id]) })).toMatchObject(
      touched('chain_heads', numbers[5], /not trusted/),
    );
  });

  test('the reason of a voiding', async () => {
    const request = {
      organizationId,
      invoiceId: ids[0] as string,
      reason: 'wrong',
      requestedBy: 'test',
      clock: Date.now,
    };
    expect(await regenerateInvoice(worker, request)).toMatchObject({ status: 'regenerated' });
    expect(await verify()).toMatchObject({ ok: true });
    await by(`UPDATE invoice_voidings SET reason = 'other' WHERE organization_id = $1`, organizationId);
    expect(await verify()).toMatchObject(touched('invoice_voidings', numbers[0], /reason/));
  });
});

describe('documents that are gone', () => {
  const remove = (from: number, to: number) =>
    by(`DELETE FROM invoices WHERE organization_id = $1 AND series_number BETWEEN $2 AND $3`, organizationId, from, to);

  test('one from the middle', async () => {
    await remove(2, 2);
    expect(await verify()).toMatchObject(touched('invoices', numbers[2], /number 2 is missing/));
  });

  test('a tail that a signed head reaches beyond', async () => {
    await remove(3, 6);
    await by('UPDATE invoice_series SET last_number = 2 WHERE organization_id = $1', organizationId);
    expect(await verify()).toMatchObject(touched('invoices', expect.stringMatching(/^invoice 3 of /), /not there/));
  });

  test('a tail that nobody signed, by its lines, and by what its series says', async () => {
    await remove(5, 6);
    expect(await verify()).toMatchObject(touched('invoice_lines', ids[4], /document is not there/));
    for (const table of ['invoice_lines', 'invoice_pdfs'])
      await by(`DELETE FROM ${table} WHERE invoice_id = ANY($1::uuid[])`, ids.slice(4));
    expect(await verify()).toMatchObject(touched('invoice_series', 'invoice 6', /ends with number 6.*number 4/));
  });
});

test('a chain that was rewritten as a whole, with all its rows: by the head that was signed, or that the auditor kept', async () => {
  const heads = await keptHeads();
  await attack(async (tx) => {
    let previousHash = CHAIN_START;
    for (const { document } of await selectChain(tx, organizationId, 'invoice', { limit: 100 })) {
      const forged = document.id === ids[1] ? { ...document, notes: ['forged'] } : document;
      const hash = hashDocument(previousHash, forged);
      await tx.query('UPDATE invoices SET document = $2, previous_hash = $3, hash = $4 WHERE id = $1', [
        document.id,
        JSON.stringify(forged),
        previousHash,
        hash,
      ]);
      previousHash = hash;
    }
    await tx.query('UPDATE invoice_series SET head_hash = $2 WHERE organization_id = $1', [
      organizationId,
      previousHash,
    ]);
    await tx.query('DELETE FROM invoice_pdfs WHERE organization_id = $1', [organizationId]);
  });
  expect(await verify()).toMatchObject(touched('invoices', numbers[2], /another hash was signed/));
  // Signed anew by whoever holds the key: what was kept elsewhere still tells.
  await by('DELETE FROM chain_heads WHERE organization_id = $1', organizationId);
  await signHeads(worker, key, Date.now);
  expect(await verify()).toMatchObject({ ok: true });
  expect(await verify({ heads: each(heads) })).toMatchObject(
    touched('invoices', numbers[2], /another hash was signed/),
  );
});

async function keptHeads(): Promise<HeadWithKey[]> {
  const page = { after: undefined, until: new Date(), limit: 10 };
  return inTransaction(owner, (tx) => selectHeadsInOrder(tx, organizationId, page));
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
