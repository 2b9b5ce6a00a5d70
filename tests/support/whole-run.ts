import { expect } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { verifyChain } from '#libs/invoicing/chain/verify-chain.ts';
import { buyerKey } from '#libs/invoicing/documents/buyer-key.ts';
import { selectChain } from '#libs/invoicing/store/select-chain.ts';
import { billingFixture, HOUR_IN_PAST_MONTH } from './billing.ts';

/** An organization with so many customers who owe 12.00 each for PAST_MONTH: 10.00 and 1,000 calls. */
export async function putWholeRun(owner: Pool, customers: number): Promise<number> {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  await owner.query(
    `INSERT INTO customers (organization_id, id, key, name)
     SELECT $1, uuidv7(), 'customer-' || i, 'Customer ' || i FROM generate_series(1, $2::integer) AS i`,
    [organizationId, customers],
  );
  await owner.query(
    `INSERT INTO subscriptions (organization_id, id, customer_id, currency, starts_on, time_zone)
     SELECT $1, uuidv7(), id, 'EUR', '2025-01-01', 'UTC' FROM customers WHERE organization_id = $1`,
    [organizationId],
  );
  await owner.query(
    `INSERT INTO subscription_changes (organization_id, subscription_id, id, starts_on, plan_id)
     SELECT $1, id, uuidv7(), '2025-01-01', $2 FROM subscriptions WHERE organization_id = $1`,
    [organizationId, planId],
  );
  await owner.query(
    `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
     SELECT $1, $2, key, $3, '', '', 1, 1000, 7, 1 FROM customers WHERE organization_id = $1`,
    [organizationId, meterId, HOUR_IN_PAST_MONTH],
  );
  return organizationId;
}

/** Each customer has one invoice of 12.00, each unit stands on one, numbers are 1 … n and dates never fall along a whole chain. */
export async function expectWholeRun(owner: Pool, organizationId: number, customers: number): Promise<void> {
  const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { limit: 10_000 }));
  expect(verifyChain(chain)).toMatchObject({ ok: true, documents: customers });
  expect(chain.map(({ document }) => document.series_number)).toEqual(
    Array.from({ length: customers }, (_, index) => index + 1),
  );
  expect(new Set(chain.map(({ document }) => buyerKey(document))).size).toBe(customers);
  expect(new Set(chain.map(({ document }) => document.total))).toEqual(new Set(['12.00']));
  const dates = chain.map(({ document }) => document.issue_date);
  expect(dates).toEqual([...dates].sort());
  const { rows } = await owner.query(
    `SELECT count(*)::integer AS units, count(DISTINCT (subscription_id, charge_key))::integer AS charges,
            (SELECT count(*)::integer FROM invoice_lines WHERE organization_id = $1) AS lines,
            (SELECT sum(total)::text FROM invoices WHERE organization_id = $1) AS total
       FROM billed_units WHERE organization_id = $1`,
    [organizationId],
  );
  const twice = customers * 2;
  expect(rows[0]).toEqual({ units: twice, charges: twice, lines: twice, total: `${customers * 12}.00` });
}
