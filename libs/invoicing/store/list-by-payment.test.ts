import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction, type Transaction } from '#libs/database/transaction.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from '#libs/payments/payment-state.ts';
import { billingFixture } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { selectInvoices } from './select-invoices.ts';

/* However many invoices there are, a page of those whose payment stands in a rare way is found by an index. */

const MANY = 50_000;
const LIMIT = 20;
const TODAY = '2026-10-15';

let database: TestDatabase;
let owner: Pool;
let customers: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
});
afterAll(() => database?.drop());

/** An organization with MANY invoices that stand in one way, and three in each of the others that lie among them. */
async function organization(common: PaymentStatus): Promise<number> {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const customerId = await fixture.customer(organizationId, 'acme');
  customers = [customerId, await fixture.customer(organizationId, 'idle')];
  // One of each rare one behind 10,000, 20,000 and 30,000.
  const rare = PAYMENT_STATUSES.filter((status) => status !== common);
  const statusOf = `CASE WHEN i % 10000 < ${rare.length} AND i BETWEEN 10000 AND 39999
                         THEN ($3::text[])[i % 10000 + 1] ELSE $4::text END`;
  await inTransaction(owner, async (tx) => {
    // Standings are put in as triggers keep them (services/api/everything-at-once.test.ts), all at once.
    await tx.query("SET LOCAL session_replication_role = 'replica'");
    await tx.query(
      `INSERT INTO invoices (organization_id, id, kind, customer_id, series, series_number, number, issue_date, due_date, currency,
                           subtotal, tax_total, total, amount_due, document, previous_hash, hash)
     SELECT $1, ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'invoice', $2, 'INV', i, i::text, '2026-09-01',
            CASE WHEN status = 'overdue' THEN date '2026-10-01' ELSE date '2026-11-01' END, 'EUR', 10, 0, 10,
            CASE WHEN status = 'paid' THEN 0 ELSE 10 END, jsonb_build_object('is', status), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
       FROM generate_series(1, ${MANY}) AS i, LATERAL (SELECT ${statusOf} AS status) s`,
      [organizationId, customerId, rare, common],
    );
    await tx.query(
      `INSERT INTO payment_standings (organization_id, invoice_id, due_date, state)
       SELECT organization_id, id, due_date, CASE document->>'is' WHEN 'overdue' THEN 'open' ELSE document->>'is' END
         FROM invoices WHERE organization_id = $1`,
      [organizationId],
    );
  });
  await owner.query('ANALYZE');
  return organizationId;
}

/** A page and its documents, with what is looked at beside them. */
const MOST = LIMIT * 10;
const LARGE = new Set(['invoices', 'payment_standings']);

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** How many rows of tables a page reads, and of which tables all. */
async function readsOf(
  organizationId: number,
  filter: { status: PaymentStatus; customerId?: string | undefined; after?: string | undefined },
) {
  const plans: Plan[] = [];
  await inTransaction(owner, async (tx) => {
    const explaining = {
      async query(text: string, values: unknown[]) {
        const { rows } = await tx.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
        plans.push(rows[0]['QUERY PLAN'][0].Plan);
        return { rows: text.includes('p.invoice_id AS id') ? (await tx.query(text, values)).rows : [] };
      },
    } as unknown as Transaction;
    const payment = { status: filter.status, today: TODAY };
    await selectInvoices(explaining, {
      organizationId,
      kind: 'invoice',
      customerId: filter.customerId,
      after: filter.after,
      payment,
      limit: LIMIT,
    });
  });
  const scans = plans.flatMap(nodesOf).filter((node) => node['Relation Name'] !== undefined);
  return {
    rows: scans.reduce(
      (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    ),
    whole: scans.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
  };
}

test.each<PaymentStatus>(['paid', 'open', 'overdue'])(
  `among ${MANY} invoices that are %s any other is found at once`,
  async (common) => {
    const organizationId = await organization(common);
    for (const status of PAYMENT_STATUSES) {
      const page = await inTransaction(owner, (tx) =>
        selectInvoices(tx, { organizationId, kind: 'invoice', payment: { status, today: TODAY }, limit: LIMIT }),
      );
      const expected = status === common ? LIMIT : 3;
      expect(page.map(({ document }) => (document as unknown as { is: string }).is)).toEqual(
        Array(expected).fill(status),
      );
      expect(page.map(({ id }) => id)).toEqual(
        page
          .map(({ id }) => id)
          .sort()
          .reverse(),
      );
      const read = await readsOf(organizationId, { status });
      expect({ common, status, ...read, whole: read.whole.filter((table) => LARGE.has(table as string)) }).toEqual({
        common,
        status,
        rows: read.rows > MOST ? `at most ${MOST}` : read.rows,
        whole: [],
      });
      const idle = await readsOf(organizationId, { status, customerId: customers[1] });
      expect({ common, status, isFew: idle.rows <= MOST }).toEqual({ common, status, isFew: true });
    }
  },
);

test('what is overdue is found page by page, however much of it there is beside what is not due yet', async () => {
  const organizationId = await organization('open');
  // 2,000 among 50,000, on many days, each after a later one; some of them paid in part.
  await inTransaction(owner, async (tx) => {
    await tx.query("SET LOCAL session_replication_role = 'replica'");
    await tx.query(
      `UPDATE payment_standings p SET due_date = date '2026-10-14' - (n.place % 97)::integer, state = CASE WHEN n.place % 3 = 0 THEN 'partially_paid' ELSE 'open' END
         FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM invoices WHERE organization_id = $1) n
        WHERE p.organization_id = $1 AND p.invoice_id = n.id AND n.place <= 2000`,
      [organizationId],
    );
  });
  await owner.query('ANALYZE payment_standings');
  const { rows } = await owner.query<{ id: string }>(
    `SELECT invoice_id AS id FROM payment_standings
      WHERE organization_id = $1 AND state IN ('open', 'partially_paid') AND due_date < $2 ORDER BY due_date DESC, invoice_id DESC`,
    [organizationId, TODAY],
  );
  const pageBehind = (after: string | undefined, limit: number) =>
    inTransaction(owner, (tx) =>
      selectInvoices(tx, {
        organizationId,
        kind: 'invoice',
        payment: { status: 'overdue', today: TODAY },
        after,
        limit,
      }),
    );
  const found: string[] = [];
  for (;;) {
    const page = await pageBehind(found.at(-1), 333);
    found.push(...page.map(({ id }) => id));
    if (page.length < 333) break;
  }
  expect(found.length).toBeGreaterThan(2_000);
  expect(found).toEqual(rows.map(({ id }) => id));
  for (const after of [undefined, found[1_000], found.at(-5)]) {
    const read = await readsOf(organizationId, { status: 'overdue', after });
    expect({ isFew: read.rows <= MOST, whole: read.whole.filter((table) => LARGE.has(table as string)) }).toEqual({
      isFew: true,
      whole: [],
    });
  }
});
