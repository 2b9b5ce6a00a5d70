import { expect, test } from '@jest/globals';
import { lockDiscountUses } from '#libs/catalog/store/lock-discount-uses.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { adjustBalance } from '#libs/ledger/run/adjust-balance.ts';
import { lockBalances } from '#libs/ledger/run/lock-balances.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { regenerateInvoice } from '../correct/regenerate-invoice.ts';

const { owner, worker } = await billingDatabase();

/** Whoever waits for a lock in this database. */
async function waiting(): Promise<number> {
  const { rows } = await owner.query(
    "SELECT count(*)::integer AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows[0].count;
}

/** A customer with a coupon of 10 % and 5.00 of credit, billed for March. */
async function acme() {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const customerId = await fixture.simpleCustomer(
    organizationId,
    'acme',
    await fixture.simplePlan(organizationId, meterId),
  );
  await fixture.usage(organizationId, meterId, 'acme', HOUR_IN_PAST_MONTH, '1000');
  const id = uuidv7(Date.now());
  await owner.query(
    "INSERT INTO coupons (organization_id, id, key, name, percent, duration) VALUES ($1, $2, 'c', 'c', 10, 'forever')",
    [organizationId, id],
  );
  await owner.query(
    `INSERT INTO discounts (organization_id, id, customer_id, coupon_id, position, name, starts_on, percent, duration)
     VALUES ($1, $2, $3, $2, 1, 'c', '2025-01-01', 10, 'forever')`,
    [organizationId, id, customerId],
  );
  const money = { customerId, currency: 'EUR', account: 'credit', amount: '5', reason: 'r' } as const;
  await inOrganization(worker, organizationId, (tx) =>
    adjustBalance(tx, organizationId, { ...money, id: uuidv7(Date.now()) }),
  );
  await bill(owner, worker, organizationId);
  const [invoice] = await fixture.documents(organizationId);
  return { organizationId, customerId, invoiceId: invoice.id as string };
}

test('an invoice that is issued anew locks discounts before balances, as a run does', async () => {
  const { organizationId, customerId, invoiceId } = await acme();
  let regenerated: ReturnType<typeof regenerateInvoice> | undefined;
  // A run that has taken discounts of the customer, and then locks what it has.
  await inOrganization(worker, organizationId, async (tx) => {
    await lockDiscountUses(tx, organizationId, [customerId]);
    regenerated = regenerateInvoice(worker, {
      organizationId,
      invoiceId,
      reason: 'r',
      requestedBy: 'test',
      clock: Date.now,
    });
    regenerated.catch(() => {});
    await waitFor(async () => (await waiting()) === 1, { describe: () => 'regenerating to wait for the discounts' });
    await lockBalances(tx, organizationId, [{ customerId, currency: 'EUR' }]);
  });
  expect(await regenerated).toMatchObject({ status: 'regenerated', invoice: { document: { credit_applied: '5.00' } } });
});
