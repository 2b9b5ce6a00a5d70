import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { bill, NEXT_MONTH } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { createCreditNote } from '../correct/create-credit-note.ts';
import { voidInvoice } from '../correct/void-invoice.ts';
import type { CreditWish } from '../credit/credit-request.ts';
import type { ManualLine } from '../documents/manual-line.ts';

const { owner, worker, api, fixture } = await billingDatabase();

/** Billed 100 in advance for April, and then cancelled in the middle of it. */
async function cancelled(more: { minimumAmount?: string; discount?: boolean; goodwill?: string } = {}) {
  const organizationId = await fixture.organization();
  const charges = [{ key: 'fee', price: { model: 'flat', amount: '100' }, terms: { billing: 'in_advance' } }];
  const planId = await fixture.plan(organizationId, charges, 'EUR', more);
  const customerId = await fixture.customer(organizationId, 'acme');
  const subscriptionId = await fixture.subscription(organizationId, customerId, planId, { startsOn: '2025-04-01' });
  if (more.discount) await discountAll(organizationId, customerId);
  if (more.goodwill) await enterOnDraft(organizationId, customerId, more.goodwill);
  await bill(owner, worker, organizationId);
  await owner.query("UPDATE subscriptions SET ends_on = '2025-04-16' WHERE id = $1", [subscriptionId]);
  const [invoice] = await fixture.documents(organizationId);
  return { organizationId, customerId, subscriptionId, invoiceId: invoice.id as string };
}

async function discountAll(organizationId: number, customerId: string): Promise<void> {
  const id = uuidv7(Date.now());
  const values = [organizationId, id, customerId];
  await owner.query(
    "INSERT INTO coupons (organization_id, id, key, name, percent, duration) VALUES ($1, $2::uuid, $2::text, 'c', 100, 'forever')",
    values.slice(0, 2),
  );
  await owner.query(
    `INSERT INTO discounts (organization_id, id, customer_id, coupon_id, position, name, starts_on, percent, duration)
     VALUES ($1, $2, $3, $2, 1, 'All', '2025-01-01', 100, 'forever')`,
    values,
  );
}

/** A line on the draft of what falls due on 1 April. */
async function enterOnDraft(organizationId: number, customerId: string, amount: string): Promise<void> {
  const lines: ManualLine[] = [{ id: uuidv7(1), description: 'Goodwill', quantity: '1', unit_amount: amount }];
  await owner.query(
    `INSERT INTO invoice_drafts (organization_id, id, customer_id, kind, currency, due_on, time_zone, finalize_at, manual_lines, body)
     VALUES ($1, $2, $3, 'period', 'EUR', '2025-04-01', 'UTC', now(), $4, '{}')`,
    [organizationId, uuidv7(Date.now()), customerId, JSON.stringify(lines)],
  );
}

const give = (organizationId: number, invoiceId: string, wish: CreditWish) =>
  createCreditNote(api, {
    organizationId,
    id: uuidv7(Date.now()),
    invoiceId,
    reason: 'r',
    wish,
    settlement: {},
    clock: Date.now,
    isPreview: false,
  });

const voiding = (organizationId: number, invoiceId: string) =>
  voidInvoice(api, {
    organizationId,
    invoiceId,
    reason: 'r',
    requestedBy: 'test',
    billAgain: false,
    clock: Date.now,
  });

const totals = async (organizationId: number): Promise<string[]> =>
  (await fixture.documents(organizationId)).map(({ total }) => total);

const stillBilled = async (organizationId: number) =>
  (await owner.query('SELECT service_to, amount FROM billed_units WHERE organization_id = $1', [organizationId])).rows;

const HALF = [{ service_to: new Date('2025-04-16T00:00:00Z'), amount: '50.00' }];

describe('the unused half of a fee', () => {
  test('is given back', async () => {
    const { organizationId } = await cancelled();
    await bill(owner, worker, organizationId, {}, NEXT_MONTH);
    expect(await totals(organizationId)).toEqual(['-50.00', '100.00']);
    expect(await stillBilled(organizationId)).toEqual(HALF);
  });

  test.each<[string, CreditWish, string[]]>([
    ['all of it', { kind: 'full' }, ['-100.00', '100.00']],
    ['70.00 of it', { kind: 'amount', amount: '70.00' }, ['-70.00', '-15.00', '100.00']],
  ])('is given back of what is left when somebody gives back %s before', async (_, wish, expected) => {
    const { organizationId, invoiceId } = await cancelled();
    expect(await give(organizationId, invoiceId, wish)).toMatchObject({ status: 'issued' });
    await bill(owner, worker, organizationId, {}, NEXT_MONTH);
    expect(await totals(organizationId)).toEqual(expected);
  });

  test.each<[string, CreditWish, string[]]>([
    ['all of it', { kind: 'full' }, ['-100.00', '100.00']],
    ['70.00 of it', { kind: 'amount', amount: '70.00' }, ['-70.00', '-15.00', '100.00']],
  ])(
    'is given back of what is left when somebody gives back %s while the run works it out',
    async (_, wish, expected) => {
      const { organizationId, invoiceId } = await cancelled();
      let looks = 0;
      const checkpoint = async (step: string) => {
        if (step !== 'collected') return;
        looks += 1;
        if (looks === 1) await give(organizationId, invoiceId, wish);
      };
      await bill(owner, worker, organizationId, { checkpoint }, NEXT_MONTH);
      expect(looks).toBeGreaterThan(1);
      expect(await totals(organizationId)).toEqual(expected);
    },
  );

  test.each([
    ['before', 0],
    ['while the run works it out', 1],
  ])('is not given back once more when the invoice is voided %s', async (_, at) => {
    const { organizationId, invoiceId } = await cancelled();
    if (at === 0) await voiding(organizationId, invoiceId);
    let looks = 0;
    const checkpoint = async (step: string) => {
      if (step === 'collected') looks += 1;
      if (step === 'collected' && looks === at) await voiding(organizationId, invoiceId);
    };
    await bill(owner, worker, organizationId, { checkpoint }, NEXT_MONTH);
    expect(await totals(organizationId)).toEqual(['-100.00', '100.00']);
  });

  test('of a fee that was discounted away needs no document, and half of it still counts towards a minimum', async () => {
    const { organizationId } = await cancelled({ discount: true });
    await bill(owner, worker, organizationId, {}, NEXT_MONTH);
    expect(await totals(organizationId)).toEqual(['0.00']);
    expect(await stillBilled(organizationId)).toEqual(HALF);
  });

  test('is never more than the invoice came to with lines entered by hand', async () => {
    const { organizationId } = await cancelled({ goodwill: '-90' });
    await bill(owner, worker, organizationId, {}, NEXT_MONTH);
    expect(await totals(organizationId)).toEqual(['-10.00', '10.00']);
  });
});
