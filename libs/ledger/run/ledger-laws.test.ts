import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { isDatabaseAway } from '#libs/http/problem.ts';
import { Big } from '#libs/money/decimal.ts';
import { billingFixture } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { putInvoice } from '#tests/support/invoices.ts';
import { BalanceTooLow } from '../balance-too-low.ts';
import { TransferMismatch } from '../transfer-mismatch.ts';
import { adjustBalance } from './adjust-balance.ts';
import { applyBalances, type BalanceUse } from './apply-balances.ts';
import { giveCredit } from './give-credit.ts';
import { lockBalances } from './lock-balances.ts';
import type { Posting } from './post-transfers.ts';
import { returnBalances } from './return-balances.ts';

/*
 * Any history of adjustments, invoices that take balances, voidings and credits, carried out by several workers at once, with transactions
 * that are given up, and connections that die, after everything was written, and requests that come twice. Whatever the order it happened in, the books are right.
 */

const HISTORIES = 200;
const WORKERS = 4;

interface Step {
  readonly does: 'adjust' | 'bill' | 'void' | 'credit';
  readonly customer: number;
  readonly currency: 'EUR' | 'JPY';
  readonly account: 'credit' | 'prepaid';
  /** In minor units. */
  readonly amount: number;
  /** Which id, invoice or credit note of the history. */
  readonly name: number;
  /** What becomes of it after everything was written. */
  readonly ends: 'commits' | 'is given up' | 'dies';
}

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('adjust', 'adjust', 'adjust', 'bill', 'bill', 'void', 'credit'),
  customer: fc.integer({ min: 0, max: 1 }),
  currency: fc.constantFrom('EUR', 'EUR', 'JPY'),
  account: fc.constantFrom('credit', 'prepaid'),
  amount: fc.integer({ min: -300, max: 500 }).filter((amount) => amount !== 0),
  name: fc.integer({ min: 0, max: 5 }),
  ends: fc.integer({ min: 0, max: 19 }).map((chance) => (chance > 2 ? 'commits' : chance > 0 ? 'is given up' : 'dies')),
});

interface World {
  readonly organizationId: number;
  readonly customers: readonly string[];
  readonly ids: readonly string[];
  readonly invoices: readonly string[];
  readonly notes: readonly string[];
}

class GivenUp extends Error {}

let database: TestDatabase;
let owner: Pool;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  pool = database.pool('tollbook_worker');
});
afterAll(() => database?.drop());

async function newWorld(): Promise<World> {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const customers = [await fixture.customer(organizationId, 'a'), await fixture.customer(organizationId, 'b')];
  const documents = async (more: object) => {
    const ids: string[] = [];
    for (let index = 0; index < 6; index += 1)
      ids.push(await putInvoice(owner, { organizationId, customerId: customers[0] as string, ...more }));
    return ids;
  };
  const invoices = await documents({});
  const notes = await documents({ kind: 'credit_note', corrects: invoices[0] });
  return { organizationId, customers, invoices, notes, ids: invoices.map(() => randomUUID()) };
}

/** Resolves with what was acknowledged: committed and answered. */
async function carryOut(world: World, one: Step): Promise<Posting[]> {
  const { organizationId, customers } = world;
  const customerId = customers[one.customer] as string;
  const { currency, account } = one;
  const amount = decimal(one.amount);
  return inOrganization(pool, organizationId, async (tx) => {
    const done = async (): Promise<Posting[]> => {
      switch (one.does) {
        case 'adjust': {
          const id = world.ids[one.name] as string;
          return [
            await adjustBalance(tx, organizationId, { id, customerId, currency, account, amount, reason: 'history' }),
          ];
        }
        case 'bill': {
          await billAll(world, one, tx);
          return [];
        }
        case 'void': {
          const returned = await returnBalances(tx, organizationId, world.invoices[one.name] as string);
          return returned ? [returned] : [];
        }
        case 'credit': {
          const from = { kind: 'credit_note', id: world.notes[one.name] as string } as const;
          return [
            await giveCredit(tx, organizationId, { from, customerId, currency, amount: amount.replace('-', '') }),
          ];
        }
      }
    };
    const postings = await done();
    // The workers' role may end no connection, the user behind it its own.
    if (one.ends === 'dies') await tx.query('SET LOCAL ROLE NONE; SELECT pg_terminate_backend(pg_backend_pid())');
    if (one.ends !== 'commits') throw new GivenUp();
    return postings;
  });
}

/** As a batch of a billing run does: all customers at once, each paying with what it has, credit first. */
async function billAll(world: World, one: Step, tx: Parameters<typeof lockBalances>[0]): Promise<void> {
  const { organizationId, customers } = world;
  const { currency } = one;
  const held = await lockBalances(
    tx,
    organizationId,
    customers.map((customerId) => ({ customerId, currency })),
  );
  const uses = held.map(({ customerId, credit, prepaid }, index): BalanceUse => {
    const due = new Big(decimal(Math.abs(one.amount)));
    const ofCredit = new Big(credit).lt(due) ? new Big(credit) : due;
    const rest = due.minus(ofCredit);
    const ofPrepaid = new Big(prepaid).lt(rest) ? new Big(prepaid) : rest;
    const invoiceId = world.invoices[(one.name + index * 3) % 6] as string;
    return { customerId, currency, invoiceId, credit: ofCredit.toFixed(), prepaid: ofPrepaid.toFixed() };
  });
  await applyBalances(tx, organizationId, uses);
}

const decimal = (cents: number): string => new Big(String(cents)).div('100').toFixed(2);

/** Several workers at it; refusals are part of life. */
async function live(world: World, history: readonly Step[]): Promise<Posting[]> {
  const queue = [...history];
  const acknowledged: Posting[] = [];
  const work = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      try {
        acknowledged.push(...(await carryOut(world, one)));
      } catch (error) {
        if (error instanceof GivenUp || error instanceof BalanceTooLow || error instanceof TransferMismatch) continue;
        if (one.ends === 'dies' && isDatabaseAway(error)) continue;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return acknowledged;
}

/** Names of the laws that do not hold. */
async function broken(organizationId: number): Promise<string[]> {
  const { rows } = await owner.query<{ law: string }>(
    `WITH journal AS (
       SELECT t.customer_id, t.currency, t.position, t.kind, t.id, e.account, e.amount, e.balance,
              sum(e.amount) OVER (PARTITION BY t.customer_id, t.currency, e.account ORDER BY t.position) AS running
         FROM ledger_transfers t JOIN ledger_entries e ON e.organization_id = t.organization_id AND e.transfer = t.position
        WHERE t.organization_id = $1),
     sums AS (SELECT customer_id, currency, account, sum(amount) AS amount FROM journal GROUP BY 1, 2, 3)
     SELECT 'all accounts add up to zero' AS law FROM (
       SELECT coalesce((SELECT sum(balance) FROM ledger_accounts WHERE organization_id = $1), 0)
            + coalesce((SELECT sum(amount) FROM journal WHERE account NOT IN ('credit', 'prepaid')), 0) AS rest) s WHERE rest <> 0
     UNION ALL SELECT 'a transfer adds up to zero' FROM journal GROUP BY position HAVING sum(amount) <> 0
     UNION ALL SELECT 'a balance is the sum of its entries' FROM ledger_accounts a LEFT JOIN sums s USING (customer_id, currency, account)
       WHERE a.organization_id = $1 AND a.balance <> coalesce(s.amount, 0)
     UNION ALL SELECT 'an entry has an account' FROM sums s LEFT JOIN ledger_accounts a USING (customer_id, currency, account)
       WHERE s.account IN ('credit', 'prepaid') AND a.balance IS NULL
     UNION ALL SELECT 'never below zero' FROM journal WHERE balance < 0
     UNION ALL SELECT 'the journal has one order' FROM journal WHERE balance IS NOT NULL AND balance <> running
     UNION ALL SELECT 'what is given back was taken' FROM journal v LEFT JOIN journal i ON i.kind = 'invoice' AND i.id = v.id AND i.account = v.account
       WHERE v.kind = 'invoice_voided' AND v.amount <> -coalesce(i.amount, 0)
     UNION ALL SELECT 'each transfer is told once' WHERE
       (SELECT count(*) FROM outbox WHERE organization_id = $1 AND type LIKE 'balance.%') <>
       (SELECT count(*) FROM ledger_transfers WHERE organization_id = $1)`,
    [organizationId],
  );
  return rows.map(({ law }) => law);
}

test(`law: over ${HISTORIES} histories with ${WORKERS} workers the books are right, and what was acknowledged is in them`, async () => {
  let transfers = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (history) => {
      const world = await newWorld();
      const acknowledged = await live(world, history);
      expect(await broken(world.organizationId)).toEqual([]);
      const { rows } = await owner.query<{ position: string; id: string }>(
        'SELECT position, id FROM ledger_transfers WHERE organization_id = $1',
        [world.organizationId],
      );
      const stored = new Map(rows.map(({ position, id }) => [position, id]));
      for (const { transfer } of acknowledged) expect(stored.get(transfer.position)).toBe(transfer.id);
      // Of one id one answer was not a repetition.
      const firsts = acknowledged.filter(({ repeated }) => !repeated).map(({ transfer }) => transfer.position);
      expect(new Set(firsts).size).toBe(firsts.length);
      transfers += rows.length;
    }),
    { numRuns: HISTORIES },
  );
  // Histories in which nothing moves would prove nothing.
  expect(transfers).toBeGreaterThan(HISTORIES);
}, 300_000);
