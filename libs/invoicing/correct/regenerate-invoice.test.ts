import { describe, expect, test } from '@jest/globals';
import { inOrganization, inTransaction } from '#libs/database/transaction.ts';
import { bill, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { verifyChain } from '../chain/verify-chain.ts';
import { selectChain } from '../store/select-chain.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { selectInvoices } from '../store/select-invoices.ts';
import { regenerateInvoice } from './regenerate-invoice.ts';

const { owner, worker, api, fixture } = await billingDatabase();

async function billedCustomer() {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  await fixture.simpleCustomer(organizationId, 'acme', planId);
  await fixture.usage(organizationId, meterId, 'acme', HOUR_IN_PAST_MONTH, '1000');
  await bill(owner, worker, organizationId);
  const [invoice] = await fixture.documents(organizationId);
  return { organizationId, meterId, planId, invoiceId: invoice.id as string };
}

const request = (organizationId: number, invoiceId: string, reason = 'late usage') => ({
  organizationId,
  invoiceId,
  reason,
  requestedBy: 'test',
  clock: Date.now,
});

describe('regenerateInvoice, as the API', () => {
  test('voids, credits to the cent, and issues anew with usage as it is now, linked both ways', async () => {
    const { organizationId, meterId, invoiceId } = await billedCustomer();
    await fixture.usage(organizationId, meterId, 'acme', '2025-03-20T00:00:00Z', '500');
    await fixture.applied({ 0: 77 });
    const result = await regenerateInvoice(api, request(organizationId, invoiceId));
    if (result.status !== 'regenerated') throw new Error(result.status);
    const { voided, creditNote, invoice } = result;
    expect(voided).toMatchObject({
      id: invoiceId,
      state: 'voided',
      document: { total: '12.00' },
      voided: { reason: 'late usage', creditNote: { id: creditNote.id, number: creditNote.number } },
      replacedBy: { id: invoice.id, number: invoice.number },
    });
    expect(creditNote.document).toMatchObject({
      kind: 'credit_note',
      number: expect.stringMatching(/^CN-\d{4}-000001$/),
      total: '-12.00',
      corrects: { id: invoiceId, number: voided.number, reason: 'late usage' },
      lines: [{ amount: '-10.00' }, { amount: '-2.00', quantity: '1000', evidence: { quantity: '1000' } }],
    });
    expect(invoice.document).toMatchObject({
      number: expect.stringMatching(/^INV-\d{4}-000002$/),
      total: '13.00',
      replaces: { id: invoiceId, number: voided.number },
      watermark: { offsets: { '0': '77' } },
      period: voided.document.period,
    });
    for (const series of ['invoice', 'credit_note'] as const) {
      const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, series, { limit: 100 }));
      expect(verifyChain(chain)).toMatchObject({ ok: true });
    }
    const { rows } = await owner.query(
      "SELECT type, subject FROM outbox WHERE organization_id = $1 AND type <> 'billing_run.completed' ORDER BY id",
      [organizationId],
    );
    expect(rows.slice(1)).toEqual([
      { type: 'credit_note.finalized', subject: creditNote.id },
      { type: 'invoice.finalized', subject: invoice.id },
      { type: 'invoice.voided', subject: invoiceId },
    ]);
    // Its units are billed by the new one, so no run bills them again.
    expect(await bill(owner, worker, organizationId)).toMatchObject({ invoicesCreated: 0 });
  });

  test('a voided invoice is refused with what stands in its place; the new one can be regenerated', async () => {
    const { organizationId, invoiceId } = await billedCustomer();
    const first = await regenerateInvoice(api, request(organizationId, invoiceId));
    if (first.status !== 'regenerated') throw new Error(first.status);
    const again = await regenerateInvoice(api, request(organizationId, invoiceId));
    expect(again).toMatchObject({
      status: 'already_voided',
      document: { replacedBy: { number: first.invoice.number }, voided: { creditNote: { id: first.creditNote.id } } },
    });
    expect(await regenerateInvoice(api, request(organizationId, first.creditNote.id))).toMatchObject({
      status: 'not_an_invoice',
    });
    const second = await regenerateInvoice(api, request(organizationId, first.invoice.id));
    expect(second).toMatchObject({
      status: 'regenerated',
      invoice: { document: { total: '12.00', series_number: 3 } },
    });
  });

  test('of eight at once exactly one wins', async () => {
    const { organizationId, invoiceId } = await billedCustomer();
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        regenerateInvoice(index % 2 ? api : worker, request(organizationId, invoiceId)),
      ),
    );
    expect(results.map((result) => result.status).sort()).toEqual([...Array(7).fill('already_voided'), 'regenerated']);
    const documents = await fixture.documents(organizationId);
    expect(documents.map((row) => [row.series, row.series_number])).toEqual([
      ['credit_note', '1'],
      ['invoice', '1'],
      ['invoice', '2'],
    ]);
  });

  test('many invoices at once, beside a run: numbers without gap in both series, both chains whole', async () => {
    const organizationId = await fixture.organization();
    const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
    for (let n = 0; n < 6; n += 1) await fixture.simpleCustomer(organizationId, `customer-${n}`, planId);
    await bill(owner, worker, organizationId);
    const before = await fixture.documents(organizationId);
    const [run, ...results] = await Promise.all([
      bill(owner, worker, organizationId, { chunkSize: 1 }, { endsAfter: '2025-04-01', endsUntil: '2025-05-01' }),
      ...before.map((row) => regenerateInvoice(api, request(organizationId, row.id))),
    ]);
    expect(run.invoicesCreated).toBe(6);
    expect(new Set(results.map((result) => result.status))).toEqual(new Set(['regenerated']));
    for (const [series, count] of [
      ['invoice', 18],
      ['credit_note', 6],
    ] as const) {
      const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, series, { limit: 100 }));
      expect(verifyChain(chain)).toMatchObject({ ok: true, documents: count });
    }
  });

  test('another organization cannot touch it', async () => {
    const { invoiceId } = await billedCustomer();
    const other = await fixture.organization();
    expect(await regenerateInvoice(api, request(other, invoiceId))).toEqual({ status: 'not_found' });
    expect(await inOrganization(api, other, (tx) => selectInvoices(tx, { organizationId: other, limit: 10 }))).toEqual(
      [],
    );
  });

  test('when it cannot be rated the old invoice stands', async () => {
    const { organizationId, planId, invoiceId } = await billedCustomer();
    await owner.query(`UPDATE charges SET terms = 'null' WHERE plan_id = $1 AND key = 'calls'`, [planId]);
    expect(await regenerateInvoice(api, request(organizationId, invoiceId))).toMatchObject({
      status: 'cannot_bill',
      code: 'missing_price',
    });
    const live = await inTransaction(owner, (tx) => selectInvoice(tx, organizationId, invoiceId));
    expect(live).toMatchObject({ state: 'finalized', voided: null, replacedBy: null });
    expect(await fixture.documents(organizationId)).toHaveLength(1);
  });
});
