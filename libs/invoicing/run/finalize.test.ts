import { beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, PAST_MONTH, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { verifyChain } from '../chain/verify-chain.ts';
import { collectChunk } from '../collect/collect.ts';
import { buyerKey } from '../documents/buyer-key.ts';
import { selectChain } from '../store/select-chain.ts';
import { updateRunBegun } from '../store/update-run-begun.ts';
import { updateRunRunning } from '../store/update-run-running.ts';
import { finalize } from './finalize.ts';
import { draftChunk } from './finalize-chunk.ts';
import { runBilling } from './run-billing.ts';

const { database, owner, worker, fixture } = await billingDatabase();

async function customers(count: number, timeZone = 'UTC') {
  const organizationId = await fixture.organization({ timeZone });
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  for (let n = 0; n < count; n += 1) await fixture.simpleCustomer(organizationId, `customer-${n}`, planId);
  return organizationId;
}

const chainOf = (organizationId: number) =>
  inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { limit: 1000 }));

test('eight finalizers, every third of them rolled back: no gap, no double, one chain', async () => {
  const organizationId = await customers(40);
  const chunk = await collectChunk(worker, {
    organizationId,
    window: { ...PAST_MONTH, backdated: true },
    begunAt: Date.now(),
    now: Date.now(),
    chosenFor: null,
    after: null,
    limit: 100,
  });
  const { drafts } = draftChunk(chunk);
  expect(drafts).toHaveLength(40);
  let attempts = 0;
  let rolledBack = 0;
  const finalizer = async (index: number) => {
    const run = await fixture.queue(organizationId);
    await inTransaction(worker, (tx) => updateRunBegun(tx, organizationId, run.id));
    await inTransaction(worker, (tx) =>
      updateRunRunning(tx, organizationId, run.id, { customersLeft: 40, deadLetters: 0 }),
    );
    // Every draft is given to two finalizers, so that units are fought for, too.
    const own = drafts.filter((_, at) => at % 4 === index % 4);
    for (let at = 0; at < own.length; at += 2) {
      attempts += 1;
      const dies = attempts % 3 === 0;
      const where = ['units_taken', 'numbered', 'documents_inserted'][Math.floor(attempts / 3) % 3];
      const checkpoint = async (step: string) => {
        if (dies && step === where) throw new Error('rolled back');
      };
      const request = {
        organizationId,
        terms: chunk.terms,
        drafts: own.slice(at, at + 2),
        parked: [],
        now: Date.now(),
        run: { id: run.id, cursor: null, next: null, customers: 0 },
      };
      await finalize(worker, { ...request, checkpoint }).catch(async (error: Error) => {
        if (error.message !== 'rolled back') throw error;
        rolledBack += 1;
        await finalize(worker, request);
      });
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => finalizer(index)));
  expect(rolledBack).toBeGreaterThan(3);
  const chain = await chainOf(organizationId);
  expect(verifyChain(chain)).toMatchObject({ ok: true, documents: 40 });
  expect(new Set(chain.map(({ document }) => buyerKey(document))).size).toBe(40);
});

describe('dates and years', () => {
  const runAt = (organizationId: number, instant: string, window = PAST_MONTH) =>
    bill(owner, worker, organizationId, { clock: () => Date.parse(instant) }, window);

  test('the year is that of the date of issue where the seller is; the chain runs on over it', async () => {
    const organizationId = await customers(2, 'Pacific/Auckland');
    await runAt(organizationId, '2025-12-31T10:59:59Z');
    await runAt(organizationId, '2025-12-31T11:00:00Z', { endsAfter: '2025-04-01', endsUntil: '2025-05-01' });
    const chain = await chainOf(organizationId);
    expect(chain.map(({ document }) => [document.number, document.issue_date, document.due_date])).toEqual([
      ['INV-2025-000001', '2025-12-31', '2026-01-14'],
      ['INV-2025-000002', '2025-12-31', '2026-01-14'],
      ['INV-2026-000001', '2026-01-01', '2026-01-15'],
      ['INV-2026-000002', '2026-01-01', '2026-01-15'],
    ]);
    expect(verifyChain(chain)).toMatchObject({ ok: true, documents: 4 });
  });

  test('a clock that went back does not date a document before the one before it', async () => {
    const organizationId = await customers(1);
    await runAt(organizationId, '2026-01-01T00:00:00Z');
    await runAt(organizationId, '2025-12-30T00:00:00Z', { endsAfter: '2025-04-01', endsUntil: '2025-05-01' });
    const chain = await chainOf(organizationId);
    expect(chain.map(({ document }) => [document.number, document.issue_date])).toEqual([
      ['INV-2026-000001', '2026-01-01'],
      ['INV-2026-000002', '2026-01-01'],
    ]);
  });

  test('several at the turn of the year, some with a clock that is late: one chain', async () => {
    const organizationId = await customers(8);
    const months = Array.from({ length: 6 }, (_, index) => ({
      endsAfter: `2025-0${index + 1}-01`,
      endsUntil: `2025-0${index + 2}-01`,
    }));
    await Promise.all(
      months.map((window, index) =>
        runAt(organizationId, index % 2 ? '2026-01-01T00:00:01Z' : '2025-12-31T23:59:59Z', window),
      ),
    );
    expect(verifyChain(await chainOf(organizationId))).toMatchObject({ ok: true, documents: 48 });
  });
});

describe('a finalized document', () => {
  const tables = ['invoices', 'invoice_lines', 'invoice_pdfs', 'invoice_voidings'];

  beforeAll(async () => {
    const organizationId = await customers(1);
    await bill(owner, worker, organizationId);
    const { regenerateInvoice } = await import('../correct/regenerate-invoice.ts');
    const [invoice] = await fixture.documents(organizationId);
    await regenerateInvoice(worker, {
      organizationId,
      invoiceId: invoice.id,
      reason: 'so that there is a voiding',
      requestedBy: 'test',
      clock: Date.now,
    });
  });

  test.each(tables)('%s: the owner cannot change, delete or truncate', async (table) => {
    const { rows } = await owner.query(`SELECT count(*)::integer AS rows FROM ${table}`);
    expect(rows[0].rows).toBeGreaterThan(0);
    const refused = /finalized documents never change/;
    await expect(owner.query(`UPDATE ${table} SET organization_id = organization_id`)).rejects.toThrow(refused);
    await expect(owner.query(`DELETE FROM ${table}`)).rejects.toThrow(refused);
    await expect(owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(refused);
  });

  test.each(
    tables.flatMap((table) => (['tollbook_api', 'tollbook_worker'] as const).map((role) => [table, role] as const)),
  )('%s: %s has no right to', async (table, role) => {
    const pool = database.pool(role);
    for (const sql of [`UPDATE ${table} SET organization_id = 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`])
      await expect(pool.query(sql)).rejects.toThrow(/permission denied/);
  });
});

test('a change that gets past the triggers is found by the chain', async () => {
  const organizationId = await customers(3);
  await bill(owner, worker, organizationId);
  await owner.query('ALTER TABLE invoices DISABLE TRIGGER immutable_rows');
  await owner.query(
    `UPDATE invoices SET document = jsonb_set(document, '{total}', '"0.01"') WHERE organization_id = $1 AND series_number = 2`,
    [organizationId],
  );
  await owner.query('ALTER TABLE invoices ENABLE TRIGGER immutable_rows');
  expect(verifyChain(await chainOf(organizationId))).toMatchObject({
    ok: false,
    index: 1,
    number: expect.stringMatching(/-000002$/),
  });
});

test('a run that was carried on meanwhile throws its chunk away', async () => {
  const organizationId = await customers(2);
  const run = await fixture.queue(organizationId);
  let intruder: Promise<unknown> | undefined;
  const checkpoint = async (step: string) => {
    if (step === 'collected' && intruder === undefined) {
      intruder = runBilling(runDependencies(worker), organizationId, run.id);
      await intruder;
    }
  };
  await expect(runBilling(runDependencies(worker, { checkpoint }), organizationId, run.id)).rejects.toThrow(
    /carried on by another process/,
  );
  expect(await chainOf(organizationId)).toHaveLength(2);
});
