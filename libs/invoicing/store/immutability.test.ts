import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { verifyChain } from '../chain/verify-chain.ts';
import { redactBuyer } from '../documents/redact-buyer.ts';
import { readInvoicePdf } from '../pages/invoice-pdf.ts';
import { selectChain } from './select-chain.ts';

/* Finalized rows against direct SQL, and the one change that is allowed. */

let database: TestDatabase;
let owner: Pool;
let organizationId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  const fixture = billingFixture(owner);
  organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const plan = await fixture.simplePlan(organizationId, meterId);
  for (const key of ['a', 'b', 'c']) await fixture.simpleCustomer(organizationId, key, plan);
  await fixture.usage(organizationId, meterId, 'a', HOUR_IN_PAST_MONTH, '100');
  await bill(owner, database.pool('tollbook_worker'), organizationId);
  const [, , third] = await fixture.documents(organizationId);
  await owner.query(
    `INSERT INTO invoice_voidings (organization_id, invoice_id, credit_note_id, reason) VALUES ($1, $2, $2, 'x')`,
    [organizationId, third.id],
  );
  await owner.query(
    `INSERT INTO signing_keys (organization_id, id, public_key) VALUES ($1, left(encode(sha256('k'), 'hex'), 32), 'k')`,
    [organizationId],
  );
  await owner.query(
    `INSERT INTO chain_heads SELECT organization_id, series, issue_date, series_number, hash, now(), left(encode(sha256('k'), 'hex'), 32), decode(repeat('00', 64), 'hex')
       FROM invoices WHERE organization_id = $1`,
    [organizationId],
  );
});
afterAll(() => database?.drop());

const TABLES: readonly [table: string, column: string][] = [
  ['invoices', 'total = total + 1'],
  ['invoice_lines', 'amount = amount + 1'],
  ['invoice_pdfs', `bytes = 'x'`],
  ['invoice_voidings', `reason = 'y'`],
  ['chain_heads', 'signed_at = now()'],
];

describe.each(TABLES)('%s', (table, change) => {
  test.each([
    ['UPDATE', `UPDATE ${table} SET ${change}`],
    ['DELETE', `DELETE FROM ${table}`],
    ['TRUNCATE', `TRUNCATE ${table} CASCADE`],
  ])('%s is refused to everybody, the owner included', async (_verb, sql) => {
    const { rows } = await owner.query(`SELECT count(*)::integer AS n FROM ${table}`);
    expect(rows[0].n).toBeGreaterThan(0);
    await expect(owner.query(sql)).rejects.toMatchObject({ code: '23001' });
    for (const role of ['tollbook_api', 'tollbook_worker'] as const)
      await expect(
        inTransaction(database.pool(role), async (tx) => {
          await tx.query(`SELECT set_config('tollbook.organization_id', $1, true)`, [String(organizationId)]);
          await tx.query(sql);
        }),
      ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('erasing a buyer', () => {
  const chain = () => inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { limit: 100 }));

  test('keeps hash and chain, and takes the pages that show the buyer', async () => {
    const [before] = await chain();
    const id = before?.document.id as string;
    await readInvoicePdf(database.pool('tollbook_worker'), organizationId, id);
    await owner.query('SELECT redact_buyer($1, $2)', [organizationId, id]);
    const after = await chain();
    expect(after[0]?.document.buyer).toEqual(redactBuyer(before?.document.buyer as never));
    expect(verifyChain(after)).toMatchObject({ ok: true, documents: 3 });
    const pages = await owner.query('SELECT FROM invoice_pdfs WHERE invoice_id = $1', [id]);
    expect(pages.rowCount).toBe(0);
    expect((await readInvoicePdf(database.pool('tollbook_worker'), organizationId, id))?.bytes.length).toBeGreaterThan(
      0,
    );
    await expect(owner.query('SELECT redact_buyer($1, $2)', [organizationId, id])).rejects.toThrow(/no document/);
  });

  test('is the only change that passes: no other field, no other digest, no new buyer', async () => {
    const erasure = `jsonb_set(document, '{buyer}', redacted_buyer(document -> 'buyer'))`;
    for (const change of [
      `document = ${erasure}, total = total + 1`,
      `document = jsonb_set(${erasure}, '{total}', '"9"')`,
      `document = jsonb_set(document, '{buyer}', '{"redacted": true, "digest": "00"}')`,
      `document = jsonb_set(document, '{buyer,name}', '"Other"')`,
      `document = jsonb_set(document, '{buyer,salt}', '"00"')`,
    ])
      await expect(
        owner.query(`UPDATE invoices SET ${change} WHERE organization_id = $1 AND series_number = 2`, [organizationId]),
      ).rejects.toMatchObject({ code: '23001' });
    await expect(
      owner.query(
        `UPDATE invoices SET document = jsonb_set(document, '{buyer}', '{"name": "x"}') WHERE organization_id = $1 AND series_number = 1`,
        [organizationId],
      ),
    ).rejects.toMatchObject({ code: '23001' });
  });

  test.each(['tollbook_api', 'tollbook_worker'] as const)('%s may not do it', async (role) => {
    await expect(database.pool(role).query('SELECT redact_buyer(1, gen_random_uuid())')).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('law: the database and the code give the same digest for any buyer', async () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0') && one.isWellFormed());
    const buyers = fc.array(
      fc.record(
        {
          key: text,
          name: text,
          address_lines: fc.array(text),
          tax_id: text,
          email: text,
          salt: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
        },
        { requiredKeys: ['key', 'name', 'address_lines', 'salt'] },
      ),
      { minLength: 300, maxLength: 300 },
    );
    await fc.assert(
      fc.asyncProperty(buyers, async (all) => {
        const { rows } = await owner.query(
          'SELECT redacted_buyer(b) AS redacted FROM unnest($1::jsonb[]) WITH ORDINALITY AS x (b, n) ORDER BY n',
          [all.map((one) => JSON.stringify(one))],
        );
        expect(rows.map(({ redacted }) => redacted)).toEqual(all.map(redactBuyer));
      }),
      { numRuns: 5 },
    );
  });
});
