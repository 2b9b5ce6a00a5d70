import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { bill, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { createDraft } from '../drafts/create-draft.ts';
import { finalizeDraft } from '../drafts/finalize-draft.ts';
import { regenerateInvoice } from './regenerate-invoice.ts';

const { owner, worker, api, fixture } = await billingDatabase();

const LINE = { id: uuidv7(1), description: 'Setup', quantity: '2.50', unit_amount: '10.001' };
const DISCOUNT = { id: uuidv7(2), name: 'Friends', percent: '10' };

/** 4000 calls at 0.01 in March, and what was entered by hand for what falls due on 1 April. */
async function acme() {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const price = { model: 'per_unit', unit_amount: '0.01' };
  const planId = await fixture.plan(organizationId, [{ key: 'calls', meterId, price }]);
  const customerId = await fixture.customer(organizationId, 'acme');
  await fixture.subscription(organizationId, customerId, planId, { startsOn: '2025-01-01' });
  await fixture.usage(organizationId, meterId, 'acme', HOUR_IN_PAST_MONTH, '4000');
  return { organizationId, meterId, customerId };
}

async function enter(organizationId: number, customerId: string, description = LINE.description): Promise<string> {
  const id = uuidv7(Date.now());
  await owner.query(
    `INSERT INTO invoice_drafts (organization_id, id, customer_id, kind, currency, due_on, time_zone, finalize_at, manual_lines,
                                 manual_discounts, payment_terms_days, body)
     VALUES ($1, $2, $3, 'period', 'EUR', '2025-04-01', 'UTC', now(), $4, $5, 3, '{}')`,
    [organizationId, id, customerId, JSON.stringify([{ ...LINE, description }]), JSON.stringify([DISCOUNT])],
  );
  return id;
}

async function regenerate(organizationId: number, invoiceId: string) {
  const result = await regenerateInvoice(api, {
    organizationId,
    invoiceId,
    reason: 'r',
    requestedBy: 'test',
    clock: Date.now,
  });
  if (result.status !== 'regenerated') throw new Error(JSON.stringify(result));
  return result;
}

const invoiceOf = async (organizationId: number) =>
  (await fixture.documents(organizationId)).find(({ kind }) => kind === 'invoice');

const without = ['id', 'number', 'series_number', 'replaces', 'url', 'issue_date', 'due_date'] as const;
const figures = (document: object) => {
  const rest: Record<string, unknown> = { ...document };
  for (const name of [...without, 'buyer', 'watermark']) delete rest[name];
  return rest;
};

describe('an invoice issued anew', () => {
  test('keeps the lines, discounts and terms that were entered by hand', async () => {
    const { organizationId, customerId } = await acme();
    await enter(organizationId, customerId);
    await bill(owner, worker, organizationId);
    const { id, document } = await invoiceOf(organizationId);
    expect(document).toMatchObject({ subtotal: '65.00', discount_total: '6.50', payment_terms_days: 3 });
    const { invoice } = await regenerate(organizationId, id);
    expect(figures(invoice.document)).toEqual(figures(document));
    // And once more.
    const again = await regenerate(organizationId, invoice.id);
    expect(figures(again.invoice.document)).toEqual(figures(document));
  });

  test('takes nothing of a draft that was made since', async () => {
    const { organizationId, customerId } = await acme();
    await bill(owner, worker, organizationId);
    const draftId = await enter(organizationId, customerId, 'Of another');
    const { id, document } = await invoiceOf(organizationId);
    const { invoice } = await regenerate(organizationId, id);
    expect(figures(invoice.document)).toEqual(figures(document));
    const { rows } = await owner.query('SELECT id FROM invoice_drafts WHERE organization_id = $1', [organizationId]);
    expect(rows).toEqual([{ id: draftId }]);
  });

  test('is one of lines entered by hand alone, too', async () => {
    const { organizationId, customerId } = await acme();
    const draft = await createDraft(api, {
      organizationId,
      now: Date.now(),
      draft: { id: uuidv7(3), customerId, currency: 'EUR', paymentTermsDays: 5, lines: [LINE], discounts: [DISCOUNT] },
    });
    const made = await finalizeDraft(api, { organizationId, id: draft.id, now: Date.now() });
    if (made.status !== 'finalized') throw new Error(made.status);
    const { invoice } = await regenerate(organizationId, draft.id);
    expect(figures(invoice.document)).toEqual(figures(made.invoice.document));
  });

  test('is issued when nothing is left to be paid, and can be issued anew again', async () => {
    const { organizationId, meterId } = await acme();
    await bill(owner, worker, organizationId);
    const { id } = await invoiceOf(organizationId);
    await owner.query('UPDATE usage_hourly SET total = 0, event_count = 0, digest = 0 WHERE meter_id = $1', [meterId]);
    const { invoice } = await regenerate(organizationId, id);
    expect(invoice.document.total).toBe('0.00');
    await fixture.usage(organizationId, meterId, 'acme', HOUR_IN_PAST_MONTH, '100');
    const again = await regenerate(organizationId, invoice.id);
    expect(again.invoice.document.total).toBe('1.00');
    expect(await bill(owner, worker, organizationId)).toMatchObject({ invoicesCreated: 0 });
  });
});
