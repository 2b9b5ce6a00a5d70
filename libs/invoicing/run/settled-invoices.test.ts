import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { bill, HOUR_IN_PAST_MONTH, NEXT_MONTH, PAST_MONTH } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { regenerateInvoice } from '../correct/regenerate-invoice.ts';
import type { InvoiceDocument } from '../documents/document.ts';

const { owner, worker, fixture } = await billingDatabase();

const taxRate = (
  organizationId: number,
  key: string,
  percent: string,
  from: string,
  to: string | null = null,
  inclusive = false,
) =>
  owner.query(
    `INSERT INTO tax_rates (organization_id, id, key, name, percent, inclusive, valid_from, valid_to) VALUES ($1, $2, $3, $3, $4, $5, $6, $7)`,
    [organizationId, uuidv7(Date.now()), key, percent, inclusive, from, to],
  );

async function coupon(
  organizationId: number,
  customerId: string,
  terms: {
    percent?: string;
    amount?: string;
    duration?: string;
    charges?: string[];
    position?: number;
    subscriptionId?: string;
  },
): Promise<string> {
  const [couponId, id] = [uuidv7(Date.now()), uuidv7(Date.now())];
  const values = [
    terms.percent ?? null,
    terms.amount ?? null,
    terms.amount ? 'EUR' : null,
    terms.duration ?? 'forever',
    terms.charges ?? null,
  ];
  await owner.query(
    `INSERT INTO coupons (organization_id, id, key, name, percent, amount, currency, duration, charges) VALUES ($1, $2::uuid, $2::text, 'c', $3, $4, $5, $6, $7)`,
    [organizationId, couponId, ...values],
  );
  await owner.query(
    `INSERT INTO discounts (organization_id, id, customer_id, coupon_id, subscription_id, position, name, starts_on, percent, amount, currency, duration, charges)
     VALUES ($1, $2, $3, $4, $5, $6, 'Welcome', '2025-01-01', $7, $8, $9, $10, $11)`,
    [organizationId, id, customerId, couponId, terms.subscriptionId ?? null, terms.position ?? 1, ...values],
  );
  return id;
}

/** A fee of 100 in advance, seats of 10 in advance, and calls at 0.01. */
async function acme(changes: { startsOn?: string } = {}) {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.plan(organizationId, [
    { key: 'fee', price: { model: 'flat', amount: '100' }, terms: { billing: 'in_advance', name: 'Fee' } },
    { key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.01' } },
  ]);
  const customerId = await fixture.customer(organizationId, 'acme');
  const startsOn = changes.startsOn ?? '2025-01-01';
  const subscriptionId = await fixture.subscription(organizationId, customerId, planId, { startsOn });
  await fixture.usage(organizationId, meterId, 'acme', HOUR_IN_PAST_MONTH, '4000');
  return { organizationId, meterId, planId, customerId, subscriptionId };
}

const linesOf = ({ lines }: InvoiceDocument) =>
  lines.map(({ charge_key: key, amount, discount, net, taxes }) => [
    key,
    amount,
    discount,
    net,
    taxes.map((tax) => `${tax.tax}: ${tax.amount}`).join(),
  ]);

const uses = async (discountId: string) =>
  (
    await owner.query('SELECT period_from AS from, amount FROM discount_uses WHERE discount_id = $1 ORDER BY 1', [
      discountId,
    ])
  ).rows;

describe('taxes on invoices', () => {
  test('each line at the rate of its day: the last of service in arrears, the issue in advance', async () => {
    const { organizationId } = await acme();
    await owner.query("UPDATE organizations SET tax_rates = '{vat}' WHERE id = $1", [organizationId]);
    await taxRate(organizationId, 'vat', '19', '2020-01-01', '2025-04-01');
    await taxRate(organizationId, 'vat', '16', '2025-04-01');
    await bill(owner, worker, organizationId, { clock: () => Date.parse('2025-04-01T01:00:00Z') });
    const [{ document }] = await fixture.documents(organizationId);
    expect(linesOf(document)).toEqual([
      ['calls', '40.00', '0.00', '40.00', '0: 7.60'],
      ['fee', '100.00', '0.00', '100.00', '1: 16.00'],
    ]);
    expect(document.taxes).toEqual([
      { key: 'vat', name: 'vat', percent: '19', inclusive: false, base: '40.00', amount: '7.60' },
      { key: 'vat', name: 'vat', percent: '16', inclusive: false, base: '100.00', amount: '16.00' },
    ]);
    expect(document).toMatchObject({ subtotal: '140.00', tax_total: '23.60', total: '163.60', amount_due: '163.60' });
  });

  test('contained in the amounts', async () => {
    const { organizationId } = await acme();
    await owner.query("UPDATE customers SET tax_rates = '{mwst}' WHERE organization_id = $1", [organizationId]);
    await taxRate(organizationId, 'mwst', '20', '2020-01-01', null, true);
    await bill(owner, worker, organizationId);
    const [{ document }] = await fixture.documents(organizationId);
    expect(document).toMatchObject({
      subtotal: '140.00',
      total_excluding_tax: '116.67',
      tax_total: '23.33',
      total: '140.00',
    });
  });

  test('a rate that is named and has no percentage for the day parks the customer, and no one is billed without it', async () => {
    const { organizationId } = await acme();
    await owner.query("UPDATE organizations SET tax_rates = '{vat}' WHERE id = $1", [organizationId]);
    await taxRate(organizationId, 'vat', '19', '2025-04-01');
    const run = await bill(owner, worker, organizationId);
    expect(run).toMatchObject({ invoicesCreated: 0 });
    const { rows } = await owner.query('SELECT code, detail FROM billing_run_parked WHERE billing_run_id = $1', [
      run.id,
    ]);
    expect(rows).toEqual([{ code: 'missing_tax_rate', detail: expect.stringContaining('"vat" for 2025-03-31') }]);
  });

  test('contained and added ones on one document park the customer', async () => {
    const { organizationId } = await acme();
    await owner.query("UPDATE organizations SET tax_rates = '{a,b}' WHERE id = $1", [organizationId]);
    await taxRate(organizationId, 'a', '19', '2020-01-01');
    await taxRate(organizationId, 'b', '1', '2020-01-01', null, true);
    const run = await bill(owner, worker, organizationId);
    const { rows } = await owner.query('SELECT code FROM billing_run_parked WHERE billing_run_id = $1', [run.id]);
    expect(rows).toEqual([{ code: 'mixed_taxes' }]);
  });

  test('who pays none has the reason on the document', async () => {
    const { organizationId } = await acme();
    await owner.query(
      "UPDATE customers SET tax_rates = '{gone}', tax_treatment = 'reverse_charge', tax_treatment_reason = 'Art. 196', tax_id = 'X' WHERE organization_id = $1",
      [organizationId],
    );
    await bill(owner, worker, organizationId);
    const [{ document }] = await fixture.documents(organizationId);
    expect(document).toMatchObject({
      taxes: [],
      tax_treatment: 'reverse_charge',
      tax_treatment_reason: 'Art. 196',
      total: '140.00',
    });
  });
});

describe('discounts on invoices', () => {
  test('in their order, per billing period, before taxes; what they took is noted', async () => {
    const { organizationId, customerId } = await acme();
    await owner.query("UPDATE organizations SET tax_rates = '{vat}' WHERE id = $1", [organizationId]);
    await taxRate(organizationId, 'vat', '10', '2020-01-01');
    const percent = await coupon(organizationId, customerId, { percent: '50', charges: ['calls'] });
    const once = await coupon(organizationId, customerId, { amount: '30', duration: 'once', position: 2 });
    await bill(owner, worker, organizationId);
    const [{ document, id }] = await fixture.documents(organizationId);
    // March's calls: 40 − 20 − 20 of the 30, which counts March; April's fee is another period.
    expect(linesOf(document)).toEqual([
      ['calls', '40.00', '40.00', '0.00', '0: 0.00'],
      ['fee', '100.00', '0.00', '100.00', '0: 10.00'],
    ]);
    expect(document.discounts).toEqual([
      {
        id: percent,
        name: 'Welcome',
        percent: '50',
        period: { from: '2025-03-01', to: '2025-04-01' },
        lines: [1],
        taken: '20.00',
      },
      {
        id: once,
        name: 'Welcome',
        amount: '30',
        period: { from: '2025-03-01', to: '2025-04-01' },
        lines: [1],
        taken: '20.00',
      },
    ]);
    expect(document).toMatchObject({
      discount_total: '40.00',
      total_excluding_tax: '100.00',
      tax_total: '10.00',
      total: '110.00',
    });
    expect(await uses(once)).toEqual([{ from: '2025-03-01', amount: '20' }]);

    // Issued anew it takes the same again, and not twice.
    const again = await regenerateInvoice(worker, {
      organizationId,
      invoiceId: id,
      reason: 'r',
      requestedBy: 't',
      clock: Date.now,
    });
    expect(again).toMatchObject({
      status: 'regenerated',
      invoice: { document: { discounts: document.discounts, total: '110.00' } },
    });
    expect(await uses(once)).toEqual([{ from: '2025-03-01', amount: '20' }]);

    await bill(owner, worker, organizationId, {}, NEXT_MONTH);
    const next = (await fixture.documents(organizationId)).at(-1).document;
    expect(next.discounts.map(({ id: of }: { id: string }) => of)).toEqual([]);
  });

  test('two subscriptions in one period share an amount; two documents of one run too', async () => {
    const { organizationId, customerId, planId } = await acme();
    await fixture.subscription(organizationId, customerId, planId, { startsOn: '2025-01-01', timeZone: 'Asia/Tokyo' });
    const discount = await coupon(organizationId, customerId, { amount: '130', charges: ['fee'] });
    await bill(owner, worker, organizationId);
    const documents = (await fixture.documents(organizationId)).map((row) => row.document);
    expect(documents.map((document) => document.discount_total).sort()).toEqual(['100.00', '30.00']);
    const taken = await uses(discount);
    expect(taken.map(({ from }) => from)).toEqual(['2025-04-01', '2025-04-01']);
  });

  test('of two runs at once a coupon for once is taken by one', async () => {
    const { organizationId, customerId, planId } = await acme();
    await fixture.subscription(organizationId, customerId, planId, { startsOn: '2025-01-01' });
    await coupon(organizationId, customerId, { percent: '10', duration: 'once', charges: ['fee'] });
    // February's fee and April's: two runs, each with a document of its own period.
    await Promise.all([
      bill(owner, worker, organizationId, {}, { endsAfter: '2025-01-31', endsUntil: '2025-02-01' }),
      bill(owner, worker, organizationId, {}, PAST_MONTH),
    ]);
    const documents = (await fixture.documents(organizationId)).map((row) => row.document);
    expect(documents.map((document) => document.discount_total).sort()).toEqual(['0.00', '20.00']);
  });
});

test('days until an invoice is due: the customer’s own, else the organization’s', async () => {
  const { organizationId } = await acme();
  await owner.query('UPDATE customers SET payment_terms_days = 3 WHERE organization_id = $1', [organizationId]);
  await bill(owner, worker, organizationId, { clock: () => Date.parse('2025-04-01T01:00:00Z') });
  const [{ document, due_date: due }] = await fixture.documents(organizationId);
  expect([document.issue_date, document.due_date, document.payment_terms_days]).toEqual([
    '2025-04-01',
    '2025-04-04',
    3,
  ]);
  expect(due).toBe('2025-04-04');
});

test('numbers as the organization writes them, with its address and notes', async () => {
  const { organizationId } = await acme();
  await owner.query(
    `UPDATE organizations SET numbering = '{"invoice":"R{number:4}/{year}","credit_note":"G{number}","reset":"never"}',
            document_url = 'https://pay.example/{id}', document_notes = '{Thank you}' WHERE id = $1`,
    [organizationId],
  );
  await bill(owner, worker, organizationId, { clock: () => Date.parse('2025-12-31T01:00:00Z') });
  await bill(owner, worker, organizationId, { clock: () => Date.parse('2026-01-01T01:00:00Z') }, NEXT_MONTH);
  const documents = (await fixture.documents(organizationId)).map((row) => row.document);
  expect(documents.map(({ number, url, id, notes }) => [number, url === `https://pay.example/${id}`, notes])).toEqual([
    ['R0001/2025', true, ['Thank you']],
    ['R0002/2026', true, ['Thank you']],
  ]);
});
