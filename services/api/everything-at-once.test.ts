import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ChangedMeanwhile } from '#libs/database/changed-meanwhile.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { ApiError } from '#libs/http/errors.ts';
import { CannotBill } from '#libs/invoicing/cannot-bill.ts';
import { verifyChain } from '#libs/invoicing/chain/verify-chain.ts';
import { createCreditNote } from '#libs/invoicing/correct/create-credit-note.ts';
import { regenerateInvoice } from '#libs/invoicing/correct/regenerate-invoice.ts';
import { voidInvoice } from '#libs/invoicing/correct/void-invoice.ts';
import { changeDraft } from '#libs/invoicing/drafts/change-draft.ts';
import { createDraft } from '#libs/invoicing/drafts/create-draft.ts';
import { finalizeDraft } from '#libs/invoicing/drafts/finalize-draft.ts';
import { refreshDrafts } from '#libs/invoicing/drafts/refresh-drafts.ts';
import { selectChain } from '#libs/invoicing/store/select-chain.ts';
import { BalanceTooLow } from '#libs/ledger/balance-too-low.ts';
import { adjustBalance } from '#libs/ledger/run/adjust-balance.ts';
import { billingFixture, billWithoutPages } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { takePayment } from './take-payment.ts';

/*
 * Everything that touches documents and money of the same few customers, all at once, with connections cut meanwhile. Then the books are read:
 * whatever happened in whatever order, they must add up, and nobody may have been told of a deadlock.
 */

let database: TestDatabase;
let owner: Pool;
let worker: Pool;
let api: Pool;
let organizationId: number;
let customers: string[];

const MONTHS = { endsAfter: '2025-01-01', endsUntil: '2025-07-01' };
const ACTIONS = 400;
const AT_ONCE = 8;

const dice = (sides: number): number => Math.floor(Math.random() * sides);
const oneOf = <T>(many: readonly T[]): T | undefined => many[dice(many.length)];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  worker = database.pool('tollbook_worker');
  api = database.pool('tollbook_api');
  await customersToQuarrelOver();
});
afterAll(() => database?.drop());

/** Six customers with a fee in advance, usage, a tax and two coupons. Nothing is billed before somebody asks. */
async function customersToQuarrelOver(): Promise<void> {
  const fixture = billingFixture(owner);
  organizationId = await fixture.organization({ graceMinutes: 1 });
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.plan(organizationId, [
    { key: 'fee', price: { model: 'flat', amount: '31' }, terms: { billing: 'in_advance' } },
    { key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.033' } },
  ]);
  await owner.query("UPDATE organizations SET tax_rates = '{vat}' WHERE id = $1", [organizationId]);
  await owner.query(
    `INSERT INTO tax_rates (organization_id, id, key, name, percent, inclusive, valid_from) VALUES ($1, $2, 'vat', 'VAT', 19, false, '2020-01-01')`,
    [organizationId, uuidv7(1)],
  );
  customers = [];
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const customerId = await fixture.customer(organizationId, key);
    customers.push(customerId);
    const term = { startsOn: '2025-01-01', createdAt: '2024-12-01T00:00:00Z' };
    await fixture.subscription(organizationId, customerId, planId, { ...term, endsOn: '2025-06-11' });
    for (const month of ['01', '02', '03', '04', '05'])
      await fixture.usage(organizationId, meterId, key, `2025-${month}-07T12:00:00Z`, String(100 + dice(900)));
    for (const [position, terms] of [
      ['10', null, 'forever', null],
      [null, '7', 'periods', 2],
    ].entries()) {
      const id = uuidv7(Date.now());
      const [percent, amount, duration, periods] = terms;
      const values = [organizationId, id, percent, amount, amount && 'EUR', duration, periods];
      await owner.query(
        `INSERT INTO coupons (organization_id, id, key, name, percent, amount, currency, duration, periods)
         VALUES ($1, $2::uuid, $2::text, 'c', $3, $4, $5, $6, $7)`,
        values,
      );
      await owner.query(
        `INSERT INTO discounts (organization_id, id, coupon_id, percent, amount, currency, duration, periods, customer_id, position, name, starts_on)
         VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, 'c', '2025-01-01')`,
        [...values, customerId, position + 1],
      );
    }
  }
}

const someInvoice = async (): Promise<string | undefined> => {
  const { rows } = await owner.query(
    `SELECT i.id FROM invoices i WHERE i.organization_id = $1 AND i.kind = 'invoice'
        AND NOT EXISTS (SELECT FROM invoice_voidings v WHERE v.invoice_id = i.id) ORDER BY random() LIMIT 1`,
    [organizationId],
  );
  return rows[0]?.id;
};
const someDraft = async (): Promise<string | undefined> =>
  (
    await owner.query('SELECT id FROM invoice_drafts WHERE organization_id = $1 ORDER BY random() LIMIT 1', [
      organizationId,
    ])
  ).rows[0]?.id;

const newLine = () => ({
  id: uuidv7(Date.now()),
  description: 'By hand',
  quantity: '1',
  unit_amount: oneOf(['5.55', '-3.21', '0.10']) as string,
});
const asked = { reason: 'r', requestedBy: 'test', clock: Date.now };

const ACTIONS_BY_NAME: Readonly<Record<string, () => Promise<unknown>>> = {
  bill: () => billWithoutPages(owner, worker, organizationId, MONTHS),
  refresh: () => refreshDrafts(worker, { clock: Date.now, staleAfterMs: 0, chunkSize: 3 }),
  async finalize() {
    const id = await someDraft();
    if (id) await finalizeDraft(api, { organizationId, id, now: Date.now() });
  },
  async edit() {
    const id = await someDraft();
    const line = newLine();
    if (id)
      await changeDraft(api, { organizationId, id, now: Date.now() }, (draft) => ({
        ...draft,
        lines: [...draft.lines, line],
      }));
  },
  oneOff: () =>
    createDraft(api, {
      organizationId,
      now: Date.now(),
      draft: {
        id: uuidv7(Date.now()),
        customerId: oneOf(customers) as string,
        currency: 'EUR',
        paymentTermsDays: null,
        lines: [{ ...newLine(), unit_amount: '9.99' }, newLine()],
        discounts: [],
      },
    }),
  async credit() {
    const invoiceId = await someInvoice();
    const wish = oneOf([{ kind: 'full' } as const, { kind: 'amount', amount: `${1 + dice(40)}.01` } as const]);
    if (invoiceId && wish)
      await createCreditNote(api, {
        ...asked,
        organizationId,
        id: uuidv7(Date.now()),
        invoiceId,
        wish,
        settlement: {},
        isPreview: false,
      });
  },
  async void() {
    const invoiceId = await someInvoice();
    if (invoiceId) await voidInvoice(api, { ...asked, organizationId, invoiceId, billAgain: dice(2) === 0 });
  },
  async regenerate() {
    const invoiceId = await someInvoice();
    if (invoiceId) await regenerateInvoice(api, { ...asked, organizationId, invoiceId });
  },
  async pay() {
    const invoice = await someInvoice();
    if (!invoice) return;
    const money = { amount: `${1 + dice(30)}.00`, currency: 'EUR', received_on: '2025-07-01', method: 'card' } as const;
    await inOrganization(api, organizationId, (tx) =>
      takePayment(
        tx,
        organizationId,
        { ...money, id: uuidv7(Date.now()), invoice, overpayment: oneOf(['credit', undefined] as const) },
        '2026-01-01',
      ),
    );
  },
  adjust: () =>
    inOrganization(api, organizationId, (tx) =>
      adjustBalance(tx, organizationId, {
        id: uuidv7(Date.now()),
        customerId: oneOf(customers) as string,
        currency: 'EUR',
        account: oneOf(['credit', 'prepaid'] as const) as 'credit',
        amount: oneOf(['5', '20', '-7']) as string,
        reason: 'r',
      }),
    ),
  async cut() {
    await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename <> current_user AND state <> 'idle' ORDER BY random() LIMIT 1`,
    );
  },
};

const CUT = /Connection terminated|terminating connection|ECONNRESET|not queryable|57P01|Client has encountered/;

/** What may become of an action: done, refused in words, or its connection was cut. Anything else is a fault. */
function isExpected(error: unknown): boolean {
  if ([CannotBill, ApiError, BalanceTooLow, ChangedMeanwhile].some((kind) => error instanceof kind)) return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: string };
  return code === '57P01' || CUT.test(error.message);
}

const rows = async (sql: string): Promise<unknown[]> => (await owner.query(sql, [organizationId])).rows;

/** Questions whose answer is nothing as long as the books add up. */
const FAULTS: Readonly<Record<string, string>> = {
  'a number that is missing or doubled': `SELECT series, count(*), max(series_number) FROM invoices WHERE organization_id = $1
     GROUP BY series HAVING count(*) <> max(series_number) OR count(DISTINCT series_number) <> count(*)`,
  'a counter that is not its last document': `SELECT s.series FROM invoice_series s WHERE s.organization_id = $1
     AND s.last_number <> (SELECT max(i.series_number) FROM invoices i WHERE i.organization_id = $1 AND i.series = s.series)`,
  'credit notes of more than their invoice': `SELECT i.number FROM invoices i JOIN invoices n ON n.corrects_id = i.id
     WHERE i.organization_id = $1 GROUP BY i.id, i.number, i.total HAVING i.total + sum(n.total) < 0`,
  'a voided invoice that is not taken back whole': `SELECT i.number FROM invoices i JOIN invoice_voidings v ON v.invoice_id = i.id
     JOIN invoices n ON n.corrects_id = i.id WHERE i.organization_id = $1 GROUP BY i.id, i.number, i.total HAVING i.total + sum(n.total) <> 0`,
  'more paid and offset than is due': `SELECT invoice_id FROM invoice_sums WHERE organization_id = $1
     AND amount_due - credited_offset - paid + refunded < 0`,
  'an invoice that took other than its transfer': `SELECT i.number FROM invoices i WHERE i.organization_id = $1 AND i.kind = 'invoice'
     AND i.total - i.amount_due <> coalesce((SELECT -sum(e.amount) FROM ledger_transfers t JOIN ledger_entries e
           ON e.organization_id = t.organization_id AND e.transfer = t.position
         WHERE t.organization_id = $1 AND t.kind = 'invoice' AND t.id = i.id AND e.balance IS NOT NULL), 0)`,
  'a credit note that gave other than its transfer': `SELECT n.number FROM invoices n WHERE n.organization_id = $1 AND n.kind = 'credit_note'
     AND (n.document #>> '{settlement,credit}')::numeric <> coalesce((SELECT sum(e.amount) FROM ledger_transfers t JOIN ledger_entries e
           ON e.organization_id = t.organization_id AND e.transfer = t.position
         WHERE t.organization_id = $1 AND e.balance IS NOT NULL AND (t.kind = 'credit_note' AND t.id = n.id
            OR t.kind = 'invoice_voided' AND EXISTS (SELECT FROM invoice_voidings v WHERE v.credit_note_id = n.id AND v.invoice_id = t.id))), 0)`,
  'an account that is not the sum of its entries': `SELECT a.customer_id FROM ledger_accounts a WHERE a.organization_id = $1 AND (a.balance < 0
     OR a.balance <> coalesce((SELECT sum(e.amount) FROM ledger_transfers t JOIN ledger_entries e
           ON e.organization_id = t.organization_id AND e.transfer = t.position
         WHERE t.organization_id = $1 AND t.customer_id = a.customer_id AND t.currency = a.currency AND e.account = a.account), 0))`,
  'a ledger that is not zero': 'SELECT 1 FROM ledger_entries WHERE organization_id = $1 HAVING sum(amount) <> 0',
  'usage on a live document that it has no unit for': `SELECT i.number, l.position FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
     WHERE i.organization_id = $1 AND i.kind = 'invoice' AND l.kind = 'usage'
       AND NOT EXISTS (SELECT FROM invoice_voidings v WHERE v.invoice_id = i.id)
       AND NOT EXISTS (SELECT FROM billed_units b WHERE b.invoice_id = i.id AND b.subscription_id = l.subscription_id
                          AND b.charge_key = l.charge_key AND b.kind = 'usage' AND b.service_from = l.service_from AND b.service_to = l.service_to)`,
  'uses of discounts that are not what live documents took': `SELECT coalesce(u.invoice_id, d.id) FROM
       (SELECT invoice_id, discount_id, sum(amount) AS amount FROM discount_uses WHERE organization_id = $1 GROUP BY 1, 2) u
     FULL JOIN (SELECT i.id, (t ->> 'id')::uuid AS discount_id, sum((t ->> 'taken')::numeric) AS amount
                  FROM invoices i CROSS JOIN jsonb_array_elements(i.document -> 'discounts') t
                 WHERE i.organization_id = $1 AND i.kind = 'invoice' AND t ? 'id' AND (t ->> 'taken')::numeric <> 0
                   AND NOT EXISTS (SELECT FROM invoice_voidings v WHERE v.invoice_id = i.id) GROUP BY 1, 2) d
            ON d.id = u.invoice_id AND d.discount_id = u.discount_id
     WHERE u.amount IS DISTINCT FROM d.amount`,
  'more periods of a coupon than it has': `SELECT discount_id FROM discount_uses u JOIN discounts d ON d.id = u.discount_id
     WHERE u.organization_id = $1 AND d.periods IS NOT NULL GROUP BY discount_id, d.periods HAVING count(DISTINCT period_from) > d.periods`,
  'more of an amount than its period has': `SELECT discount_id FROM discount_uses u JOIN discounts d ON d.id = u.discount_id
     WHERE u.organization_id = $1 AND d.amount IS NOT NULL GROUP BY discount_id, d.amount, period_from HAVING sum(u.amount) > d.amount`,
  'an invoice that stands in lists as its sums do not': `SELECT i.number FROM invoices i
     LEFT JOIN payment_standings p ON p.organization_id = i.organization_id AND p.invoice_id = i.id
     LEFT JOIN invoice_sums s ON s.organization_id = i.organization_id AND s.invoice_id = i.id
     WHERE i.organization_id = $1 AND p.state IS DISTINCT FROM payment_status(s, '-infinity')
       AND (i.kind = 'invoice' OR p.invoice_id IS NOT NULL)`,
  'a draft of a period that is billed': `SELECT id FROM invoice_drafts WHERE organization_id = $1 AND kind = 'period'`,
};

test('runs, drafts, credit notes, voidings, payments and cuts at once leave books that add up', async () => {
  const faults: string[] = [];
  const done = new Map<string, number>();
  let left = ACTIONS;
  const actor = async () => {
    while (left > 0) {
      left -= 1;
      const [name, act] = oneOf(Object.entries(ACTIONS_BY_NAME)) as [string, () => Promise<unknown>];
      try {
        await act();
        done.set(name, (done.get(name) ?? 0) + 1);
      } catch (error) {
        if (!isExpected(error)) faults.push(`${name}: ${(error as Error).stack}`);
      }
    }
  };
  await billWithoutPages(owner, worker, organizationId, { ...MONTHS, endsUntil: '2025-03-01' });
  await Promise.all(Array.from({ length: AT_ONCE }, actor));
  expect(faults).toEqual([]);
  expect([...done.keys()].sort()).toEqual(Object.keys(ACTIONS_BY_NAME).sort());

  // From before the first fee: one that was voided to be billed again is due again.
  await billWithoutPages(owner, worker, organizationId, { ...MONTHS, endsAfter: '2024-12-01' });
  await refreshDrafts(worker, { clock: Date.now, staleAfterMs: 0 });
  for (const [fault, sql] of Object.entries(FAULTS)) expect({ [fault]: await rows(sql) }).toEqual({ [fault]: [] });
  for (const series of ['invoice', 'credit_note'] as const) {
    const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, series, { limit: 100_000 }));
    expect(chain.length).toBeGreaterThan(10);
    expect(verifyChain(chain)).toMatchObject({ ok: true });
  }
}, 120_000);
