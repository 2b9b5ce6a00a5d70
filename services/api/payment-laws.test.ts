import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { ApiError } from '#libs/http/errors.ts';
import { isDatabaseAway } from '#libs/http/problem.ts';
import { Big } from '#libs/money/decimal.ts';
import { billingFixture } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { putInvoice } from '#tests/support/invoices.ts';
import { refundPayment } from './refund-payment.ts';
import { takePayment } from './take-payment.ts';

/* Any payments and refunds of two invoices of 5.00, told by several at once, some twice, some on connections that die before they commit. */

const HISTORIES = 60;
const WORKERS = 4;
const TODAY = '2025-02-01';

interface Step {
  readonly does: 'pay' | 'refund';
  readonly invoice: 0 | 1;
  /** Which payment of the history. */
  readonly name: number;
  readonly refund: number;
  readonly cents: number;
  readonly toCredit: boolean;
  readonly dies: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('pay', 'pay', 'refund'),
  invoice: fc.constantFrom(0, 1),
  name: fc.integer({ min: 0, max: 7 }),
  refund: fc.integer({ min: 0, max: 7 }),
  cents: fc.integer({ min: 1, max: 400 }),
  toCredit: fc.boolean(),
  dies: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
});

let database: TestDatabase;
let owner: Pool;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  pool = database.pool('tollbook_api');
});
afterAll(() => database?.drop());

interface World {
  readonly organizationId: number;
  readonly customerId: string;
  readonly invoices: readonly string[];
  readonly payments: readonly string[];
  readonly refunds: readonly string[];
}

async function newWorld(): Promise<World> {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const customerId = await fixture.customer(organizationId, 'a');
  const put = () => putInvoice(owner, { organizationId, customerId, total: '5.00' });
  const ids = () => Array.from({ length: 8 }, () => uuidv7(Date.now()));
  return { organizationId, customerId, invoices: [await put(), await put()], payments: ids(), refunds: ids() };
}

async function carryOut(tx: Transaction, world: World, one: Step): Promise<void> {
  const amount = new Big(String(one.cents)).div('100').toFixed(2);
  const payment = world.payments[one.name] as string;
  if (one.does === 'refund') {
    const told = { id: world.refunds[one.refund] as string, amount, reason: 'law' };
    await refundPayment(tx, world.organizationId, payment, told, TODAY);
  } else {
    const told = {
      id: payment,
      invoice: world.invoices[one.invoice] as string,
      amount,
      currency: 'EUR',
      received_on: TODAY,
      method: 'cash',
      overpayment: one.toCredit ? 'credit' : undefined,
    } as const;
    await takePayment(tx, world.organizationId, told, TODAY);
  }
}

async function live(world: World, history: readonly Step[]): Promise<void> {
  const queue = [...history];
  const work = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const current = one;
      try {
        await inOrganization(pool, world.organizationId, async (tx) => {
          await carryOut(tx, world, current);
          if (current.dies) await tx.query('SET LOCAL ROLE NONE; SELECT pg_terminate_backend(pg_backend_pid())');
        });
      } catch (error) {
        const isRefusal = error instanceof ApiError && [404, 409].includes(error.status);
        if (!isRefusal && !(current.dies && isDatabaseAway(error))) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

/** Names of the laws that do not hold. */
async function broken({ organizationId }: World): Promise<string[]> {
  const { rows } = await owner.query<{ law: string }>(
    `WITH paid AS (SELECT p.*, coalesce((SELECT sum(r.amount) FROM payment_refunds r WHERE r.payment_id = p.id), 0) AS refunded
                     FROM payments p WHERE p.organization_id = $1),
          told AS (SELECT type, count(*) AS times FROM outbox WHERE organization_id = $1 GROUP BY type)
     SELECT 'no more is kept than is due' AS law FROM paid GROUP BY invoice_id HAVING sum(amount - credited - refunded) > 5
     UNION ALL SELECT 'no more is refunded than was paid' FROM paid WHERE refunded > amount - credited
     UNION ALL SELECT 'credit is what was too much' WHERE
       (SELECT coalesce(sum(credited), 0) FROM paid) <>
       (SELECT coalesce(sum(balance), 0) FROM ledger_accounts WHERE organization_id = $1 AND account = 'credit')
     UNION ALL SELECT 'nothing is credited while something is due' FROM paid WHERE credited > 0 AND overpayment IS NULL
     UNION ALL SELECT 'each payment is told once' WHERE
       (SELECT count(*) FROM paid) <> coalesce((SELECT times FROM told WHERE type = 'payment.received'), 0)
     UNION ALL SELECT 'each refund is told once' WHERE
       (SELECT count(*) FROM payment_refunds WHERE organization_id = $1) <>
       coalesce((SELECT times FROM told WHERE type = 'payment.refunded'), 0)`,
    [organizationId],
  );
  return rows.map(({ law }) => law);
}

test(`law: over ${HISTORIES} histories with ${WORKERS} workers no invoice is overpaid and nothing is told that did not happen`, async () => {
  let payments = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (history) => {
      const world = await newWorld();
      await live(world, history);
      expect(await broken(world)).toEqual([]);
      const { rows } = await owner.query('SELECT FROM payments WHERE organization_id = $1', [world.organizationId]);
      payments += rows.length;
    }),
    { numRuns: HISTORIES },
  );
  expect(payments).toBeGreaterThan(HISTORIES);
}, 300_000);
