import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Pool, PoolClient } from 'pg';
import { billingFixture } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/* No day of a charge is billed twice, whatever is written by whom: held by the database itself. */

let database: TestDatabase;
let owner: Pool;
let organizationId: number;
let subscriptionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
});
afterAll(() => database?.drop());

beforeEach(async () => {
  const fixture = billingFixture(owner);
  organizationId = await fixture.organization();
  const planId = await fixture.plan(organizationId, [{ key: 'fee', price: { model: 'flat', amount: '31' } }], 'EUR');
  const customerId = await fixture.customer(organizationId, 'acme');
  subscriptionId = await fixture.subscription(organizationId, customerId, planId, { startsOn: '2025-03-01' });
});

const take = (
  db: Pool | PoolClient,
  [from, to]: readonly [string, string],
  { chargeKey = 'fee', kind = 'fee' }: { readonly chargeKey?: string; readonly kind?: string } = {},
) =>
  db.query(
    `INSERT INTO billed_units (organization_id, subscription_id, charge_key, service_from, service_to, kind, amount, change_id)
     VALUES ($1, $2, $3, $4, $5, $6, 1, $2)`,
    [organizationId, subscriptionId, chargeKey, from, to, kind],
  );
const MARCH = ['2025-03-01', '2025-04-01'] as const;

async function inTwo<T>(work: (one: PoolClient, other: PoolClient) => Promise<T>): Promise<T> {
  const [one, other] = [await owner.connect(), await owner.connect()];
  try {
    await one.query('BEGIN');
    await other.query('BEGIN');
    return await work(one, other);
  } finally {
    for (const client of [one, other]) {
      await client.query('ROLLBACK');
      client.release();
    }
  }
}

const oneWaits = () =>
  waitFor(
    async () => {
      const { rows } = await owner.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows.length === 1;
    },
    { describe: 'one to wait for the other' },
  );

test.each([
  ['the same days', MARCH],
  ['days within', ['2025-03-05', '2025-03-06']],
  ['days around', ['2025-02-01', '2025-05-01']],
  ['its first day', ['2025-02-01', '2025-03-02']],
  ['its last day', ['2025-03-31', '2025-04-02']],
] as const)('%s are refused', async (_, days) => {
  await take(owner, MARCH);
  await expect(take(owner, days)).rejects.toMatchObject({ code: expect.stringMatching(/^23(P01|505)$/) });
});

test('what touches it, another charge and another kind are not', async () => {
  await take(owner, MARCH);
  await take(owner, ['2025-02-01', '2025-03-01']);
  await take(owner, ['2025-04-01', '2025-05-01']);
  await take(owner, MARCH, { chargeKey: 'other' });
  await take(owner, MARCH, { kind: 'usage' });
});

test('two rows of one statement are compared too, and rows that are changed', async () => {
  const both = `INSERT INTO billed_units (organization_id, subscription_id, charge_key, service_from, service_to, kind, amount, change_id)
    SELECT $1, $2, 'fee', f, '2025-04-01', 'fee', 1, $2 FROM unnest('{2025-03-01,2025-03-02}'::timestamptz[]) f`;
  await expect(owner.query(both, [organizationId, subscriptionId])).rejects.toThrow(
    /charge "fee" .* is billed already/,
  );
  await take(owner, MARCH);
  await take(owner, ['2025-04-01', '2025-05-01']);
  const longer = `UPDATE billed_units SET service_to = service_to + interval '1 day' WHERE organization_id = $1 AND service_from = '2025-03-01'`;
  await expect(owner.query(longer, [organizationId])).rejects.toMatchObject({ constraint: 'billed_once' });
});

test.each(['commits', 'rolls back'])('of two at once the second waits until the first %s', async (end) => {
  await inTwo(async (one, other) => {
    await take(one, MARCH);
    const second = take(other, ['2025-03-31', '2025-04-02']).then(
      () => 'taken',
      (error: { readonly constraint?: string }) => error.constraint,
    );
    await oneWaits();
    await one.query(end === 'commits' ? 'COMMIT' : 'ROLLBACK');
    expect(await second).toBe(end === 'commits' ? 'billed_once' : 'taken');
  });
});

test('a transaction that would not see what others committed is refused', async () => {
  await inTwo(async (one) => {
    await one.query('ROLLBACK');
    await one.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(take(one, MARCH)).rejects.toThrow(/READ COMMITTED/);
  });
});
