import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, billingFixture, type ChargeInput } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { parkedReasons } from '../cannot-bill.ts';
import { verifyChain } from '../chain/verify-chain.ts';
import { changeDraft } from '../drafts/change-draft.ts';
import { refreshDrafts } from '../drafts/refresh-drafts.ts';
import { selectChain } from '../store/select-chain.ts';
import { selectParked } from '../store/select-parked.ts';

/* One customer for each reason, among others whom nothing is wrong with. */

const MONTH = Temporal.Now.plainDateISO('UTC').with({ day: 1 });
const [BEGIN, END] = [MONTH.subtract({ months: 1 }).toString(), MONTH.toString()];
const HOUR = `${BEGIN}T12:00:00Z`;
/** Longer than any month: what ended with the last one is in its grace. */
const GRACE = 44_640;

let database: TestDatabase;
let owner: Pool;
let worker: Pool;
let fixture: ReturnType<typeof billingFixture>;
let organizationId: number;
let meterId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  worker = database.pool('tollbook_worker');
  fixture = billingFixture(owner);
  organizationId = await fixture.organization({ graceMinutes: GRACE });
  meterId = await fixture.meter(organizationId);
  await owner.query("UPDATE organizations SET currency = 'EUR' WHERE id = $1", [organizationId]);
});
afterAll(() => database?.drop());

interface Case {
  /** Default: a flat fee of 10 and 0.002 a call. */
  readonly charges?: readonly ChargeInput[];
  readonly currency?: string;
  readonly timeZone?: string;
  /** What goes wrong once there are drafts of everybody. */
  readonly spoil?: (customer: { readonly id: string; readonly key: string }) => Promise<unknown>;
  /** What the reason has to name. */
  readonly names: string;
}

const FEE = { key: 'fee', price: { model: 'flat', amount: '1' } };

const taxedBy = (rates: string[]) => (customer: { readonly id: string }) =>
  owner.query('UPDATE customers SET tax_rates = $2 WHERE id = $1', [customer.id, rates]);

/** Its type asks for a case for each code. */
const CASES: Readonly<Record<keyof typeof parkedReasons, Case>> = {
  missing_price: { charges: [FEE, { key: 'bare', price: null }], names: 'Charge "bare"' },
  invalid_price: { charges: [FEE, { key: 'odd', price: { model: 'tea_leaves' } }], names: 'Charge "odd"' },
  price_needs_meter: {
    charges: [FEE, { key: 'calls', price: { model: 'per_unit', unit_amount: '1' } }],
    names: 'Charge "calls"',
  },
  missing_quantity: {
    charges: [FEE, { key: 'x', price: { model: 'per_unit', unit_amount: '1' }, terms: { quantity: 'seats' } }],
    names: '"seats"',
  },
  missing_tax_rate: { spoil: taxedBy(['nowhere']), names: '"nowhere"' },
  mixed_taxes: { spoil: taxedBy(['added', 'contained']), names: '"added" (added), "contained" (contained)' },
  missing_exchange_rate: { charges: [FEE], currency: 'USD', names: 'from USD to EUR' },
  unknown_currency: { charges: [FEE], currency: 'QQQ', names: 'QQQ' },
  unknown_time_zone: { timeZone: 'Atlantis/Capital', names: '"Atlantis/Capital"' },
  // Taken off by hand while there was usage, which was then voided.
  negative_total: {
    async spoil({ id, key }) {
      const { rows } = await owner.query('SELECT id FROM invoice_drafts WHERE customer_id = $1', [id]);
      const off = { id, description: 'Off', quantity: '1', unit_amount: '-25' };
      const request = { organizationId, id: rows[0].id, now: Date.now() };
      const changed = await changeDraft(worker, request, (draft) => ({ ...draft, lines: [off] }));
      expect(changed).toMatchObject({ draft: { body: { total: '5.00' } } });
      await owner.query('UPDATE usage_hourly SET total = 0, event_count = 0, digest = 0 WHERE customer = $1', [key]);
    },
    names: '-15.00 EUR',
  },
  check_failed: {
    spoil: ({ key }) => owner.query('UPDATE usage_hourly SET event_count = 0 WHERE customer = $1', [key]),
    names: 'a quantity of 10000 without an event',
  },
  refused_by_database: {
    spoil: ({ id }) =>
      owner.query(`CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.customer_id = '${id}' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION refuse_one()`),
    names: 'not this one',
  },
  internal_error: {
    spoil: ({ id }) =>
      owner.query(
        `UPDATE subscription_changes SET plan_id = NULL
          WHERE subscription_id = (SELECT id FROM subscriptions WHERE customer_id = $1)`,
        [id],
      ),
    names: 'comes before any that names a plan',
  },
};

const WHOLE = ['first', 'in the middle', 'last'];

async function customer(key: string, { charges, currency, timeZone = 'UTC' }: Partial<Case> = {}) {
  const planId = charges
    ? await fixture.plan(organizationId, charges, currency)
    : await fixture.simplePlan(organizationId, meterId);
  const id = await fixture.customer(organizationId, key);
  await fixture.subscription(organizationId, id, planId, {
    startsOn: BEGIN,
    createdAt: `${BEGIN}T00:00:00Z`,
    timeZone,
  });
  await fixture.usage(organizationId, meterId, key, HOUR, '10000');
  // There is something to be taken of balances, and a coupon to be used.
  await owner.query(
    `INSERT INTO ledger_accounts (organization_id, customer_id, currency, account, balance) VALUES ($1, $2, 'EUR', 'credit', 3)`,
    [organizationId, id],
  );
  return { id, key };
}

test('docs/api/billing-runs.md lists every reason with what it means, and no other', async () => {
  const page = await readFile('docs/api/billing-runs.md', 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.*) \| .+ \|$/gm)].map(([, code, title]) => [code, title]);
  expect(rows).toEqual(expect.arrayContaining(Object.entries(parkedReasons)));
  const table = page.split('| code | means | mend it by |')[1]?.split('\n\n')[0] ?? '';
  expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code)).toEqual(Object.keys(parkedReasons));
});

test('every reason parks its own customer and says what is wrong; nothing of it is final, and the others are billed', async () => {
  for (const [key, inclusive] of [
    ['added', false],
    ['contained', true],
  ] as const)
    await owner.query(
      `INSERT INTO tax_rates (organization_id, id, key, name, percent, inclusive, valid_from) VALUES ($1, uuidv7(), $2, $2, 10, $3, '2020-01-01')`,
      [organizationId, key, inclusive],
    );
  const codes = Object.keys(parkedReasons).sort() as (keyof typeof CASES)[];
  expect(Object.keys(CASES).sort()).toEqual(codes);
  await customer(WHOLE[0] as string);
  const ids = new Map<string, string>();
  for (const [index, code] of codes.entries()) {
    const { id } = await customer(code, CASES[code]);
    ids.set(code, id);
    if (index === 6) await customer(WHOLE[1] as string);
  }
  await customer(WHOLE[2] as string);
  await refreshDrafts(worker, { clock: Date.now, staleAfterMs: 0 });
  for (const code of codes) await CASES[code].spoil?.({ id: ids.get(code) as string, key: code });
  await owner.query('UPDATE organizations SET grace_minutes = 0 WHERE id = $1', [organizationId]);
  const before = await leftOf([...ids.values()]);

  const window = { endsAfter: BEGIN, endsUntil: END };
  const run = await bill(owner, worker, organizationId, { chunkSize: 5 }, window);
  expect(run).toMatchObject({ state: 'completed', customersDone: 3 + codes.length, invoicesCreated: 3 });
  const parked = await inTransaction(owner, (tx) => selectParked(tx, organizationId, run.id));
  expect(parked.map(({ customerKey, code }) => [customerKey, code])).toEqual(codes.map((code) => [code, code]));
  for (const { code, detail } of parked)
    expect({ code, detail }).toEqual({
      code,
      detail: expect.stringContaining(CASES[code as keyof typeof CASES].names),
    });
  expect(await leftOf([...ids.values()])).toEqual(before);
  expect(before.final).toEqual([]);
  const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { limit: 100 }));
  expect(verifyChain(chain)).toMatchObject({ ok: true, documents: 3 });
  expect(chain.map(({ document }) => document.series_number)).toEqual([1, 2, 3]);
  expect(chain.map(({ document }) => document.total)).toEqual(['30.00', '30.00', '30.00']);
});

/** What customers have of final documents, and what a document would have taken. */
async function leftOf(customers: readonly string[]) {
  const rows = async (sql: string) => (await owner.query(sql, [customers])).rows;
  return {
    final: [
      ...(await rows('SELECT id FROM invoices WHERE customer_id = ANY($1)')),
      ...(await rows(
        'SELECT charge_key FROM billed_units WHERE subscription_id IN (SELECT id FROM subscriptions WHERE customer_id = ANY($1))',
      )),
      ...(await rows('SELECT position FROM ledger_transfers WHERE customer_id = ANY($1)')),
    ],
    drafts: await rows('SELECT id, version FROM invoice_drafts WHERE customer_id = ANY($1) ORDER BY id'),
    balances: await rows('SELECT customer_id, balance FROM ledger_accounts WHERE customer_id = ANY($1) ORDER BY 1'),
    dueFrom: await rows('SELECT id, due_from FROM subscriptions WHERE customer_id = ANY($1) ORDER BY id'),
  };
}
