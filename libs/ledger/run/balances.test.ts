import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { billingFixture } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { putInvoice } from '#tests/support/invoices.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { BalanceTooLow } from '../balance-too-low.ts';
import { selectBalances } from '../store/select-balances.ts';
import { TransferMismatch } from '../transfer-mismatch.ts';
import { type Adjustment, adjustBalance } from './adjust-balance.ts';
import { applyBalances } from './apply-balances.ts';
import { giveCredit } from './give-credit.ts';
import { lockBalances } from './lock-balances.ts';
import { returnBalances } from './return-balances.ts';

let database: TestDatabase;
let owner: Pool;
let pool: Pool;
let organizationId: number;
let customerId: string;
let other: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  pool = database.pool('tollbook_worker');
});
afterAll(() => database?.drop());
beforeEach(async () => {
  const fixture = billingFixture(owner);
  organizationId = await fixture.organization();
  customerId = await fixture.customer(organizationId, 'acme');
  other = await fixture.customer(organizationId, 'beta');
});

const inTx = <T>(work: (tx: Transaction) => Promise<T>) => inOrganization(pool, organizationId, work);

const adjustment = (changes: Partial<Adjustment> = {}): Adjustment => ({
  id: randomUUID(),
  customerId,
  currency: 'EUR',
  account: 'prepaid',
  amount: '50.00',
  reason: 'Bank transfer',
  ...changes,
});
const adjust = (changes: Partial<Adjustment> = {}) =>
  inTx((tx) => adjustBalance(tx, organizationId, adjustment(changes)));
const balancesOf = async (customer = customerId) => {
  const rows = await inTx((tx) => selectBalances(tx, organizationId, customer));
  return Object.fromEntries(rows.map(({ currency, credit, prepaid }) => [currency, [credit, prepaid]]));
};
const transfers = async () =>
  (
    await owner.query('SELECT kind FROM ledger_transfers WHERE organization_id = $1 ORDER BY position', [
      organizationId,
    ])
  ).rows;

describe('a transfer', () => {
  test('with the same id and fields is made once, also of two at once', async () => {
    const wanted = { id: randomUUID(), amount: '10.00' };
    const [one, two] = await Promise.all([adjust(wanted), adjust(wanted)]);
    expect([one.repeated, two.repeated].sort()).toEqual([false, true]);
    expect(one.transfer.position).toBe(two.transfer.position);
    expect((await adjust({ ...wanted, amount: '10' })).repeated).toBe(true);
    expect(await balancesOf()).toEqual({ EUR: ['0', '10'] });
  });

  test.each([
    ['amount', { amount: '10.01' }],
    ['account', { account: 'credit' }],
    ['currency', { currency: 'USD' }],
    ['reason', { reason: 'Cash' }],
  ] as const)('with the same id and another %s is refused and moves nothing', async (_, changes) => {
    const id = randomUUID();
    await adjust({ id });
    await expect(adjust({ id, ...changes })).rejects.toThrow(TransferMismatch);
    expect(await balancesOf()).toEqual({ EUR: ['0', '50'] });
  });

  test('with the same id for two customers at once is made for one of them', async () => {
    const id = randomUUID();
    const results = await Promise.allSettled([adjust({ id }), adjust({ id, customerId: other })]);
    const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.map(({ reason }) => reason)).toEqual([expect.any(TransferMismatch)]);
    expect(await transfers()).toHaveLength(1);
  });

  test('never takes more than there is, also of many at once', async () => {
    await adjust({ amount: '50.00' });
    const results = await Promise.allSettled(Array.from({ length: 9 }, () => adjust({ amount: '-10.00' })));
    const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(4);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(BalanceTooLow);
    expect(await balancesOf()).toEqual({ EUR: ['0', '0'] });
  });

  test('is gone with the transaction that made it', async () => {
    await adjust();
    const dying = inTx(async (tx) => {
      await adjustBalance(tx, organizationId, adjustment());
      throw new Error('died');
    });
    await expect(dying).rejects.toThrow('died');
    expect(await balancesOf()).toEqual({ EUR: ['0', '50'] });
    expect(await transfers()).toHaveLength(1);
  });
});

describe('invoices', () => {
  test('take of many customers at once, before they are inserted, and give back once when voided', async () => {
    await adjust({ amount: '50.00' });
    await adjust({ account: 'credit', amount: '5.00' });
    await adjust({ customerId: other, currency: 'JPY', amount: '1000' });
    const [first, second, third] = [uuidv7(1), uuidv7(2), uuidv7(3)];
    const held = await inTx(async (tx) => {
      const wanted = [
        { customerId: other, currency: 'JPY' },
        { customerId, currency: 'EUR' },
        { customerId, currency: 'USD' },
      ];
      const locked = await lockBalances(tx, organizationId, wanted);
      await applyBalances(tx, organizationId, [
        { customerId, currency: 'EUR', invoiceId: first, credit: '5.00', prepaid: '20.00' },
        { customerId: other, currency: 'JPY', invoiceId: second, credit: '0', prepaid: '1000' },
        { customerId, currency: 'USD', invoiceId: third, credit: '0', prepaid: '0' },
      ]);
      await putInvoice(tx as Pool, { organizationId, customerId, id: first });
      await putInvoice(tx as Pool, { organizationId, customerId: other, id: second, currency: 'JPY' });
      return locked;
    });
    expect(held.map(({ currency, credit, prepaid }) => [currency, credit, prepaid])).toEqual([
      ['JPY', '0', '1000'],
      ['EUR', '5', '50'],
      ['USD', '0', '0'],
    ]);
    expect(await balancesOf()).toEqual({ EUR: ['0', '30'] });
    expect(await balancesOf(other)).toEqual({ JPY: ['0', '0'] });

    const back = await Promise.all([1, 2].map(() => inTx((tx) => returnBalances(tx, organizationId, first))));
    expect(back.map((one) => one?.repeated).sort()).toEqual([false, true]);
    expect(await balancesOf()).toEqual({ EUR: ['5', '50'] });
    expect(await inTx((tx) => returnBalances(tx, organizationId, third))).toBeNull();
  });

  test('a transfer for an invoice that does not come to be does not come to be either', async () => {
    await adjust();
    const use = { customerId, currency: 'EUR', invoiceId: randomUUID(), credit: '0', prepaid: '1' };
    await expect(inTx((tx) => applyBalances(tx, organizationId, [use]))).rejects.toThrow(/foreign key/);
    expect(await balancesOf()).toEqual({ EUR: ['0', '50'] });
  });

  test('what was locked stays as it was seen until the transaction ends', async () => {
    await adjust();
    let adjusting: Promise<unknown> | undefined;
    await inTx(async (tx) => {
      await lockBalances(tx, organizationId, [{ customerId, currency: 'EUR' }]);
      adjusting = adjust({ amount: '-50.00' }).catch((error: unknown) => error);
      await waitFor(async () => (await waiting()) === 1, { describe: () => 'the adjustment to wait' });
      const invoiceId = await putInvoice(tx as Pool, { organizationId, customerId });
      await applyBalances(tx, organizationId, [{ customerId, currency: 'EUR', invoiceId, credit: '0', prepaid: '50' }]);
    });
    expect(await adjusting).toBeInstanceOf(BalanceTooLow);
    expect(await balancesOf()).toEqual({ EUR: ['0', '0'] });
  });

  const waiting = async () =>
    (
      await owner.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%ledger_accounts%'`,
      )
    ).rowCount;
});

test('a credit note gives its credit once', async () => {
  const invoice = await putInvoice(owner, { organizationId, customerId });
  const id = await putInvoice(owner, { organizationId, customerId, kind: 'credit_note', corrects: invoice });
  const gift = { from: { kind: 'credit_note', id }, customerId, currency: 'EUR', amount: '12.34' } as const;
  for (const repeated of [false, true])
    expect((await inTx((tx) => giveCredit(tx, organizationId, gift))).repeated).toBe(repeated);
  await expect(inTx((tx) => giveCredit(tx, organizationId, { ...gift, amount: '12.35' }))).rejects.toThrow(
    TransferMismatch,
  );
  expect(await balancesOf()).toEqual({ EUR: ['12.34', '0'] });
});

describe('the database itself', () => {
  test.each(['ledger_transfers', 'ledger_entries'])(
    'never changes rows of %s, for the owner neither',
    async (table) => {
      await adjust();
      for (const sql of [
        `UPDATE ${table} SET organization_id = organization_id`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ])
        await expect(owner.query(sql)).rejects.toThrow(/never change/);
      await expect(pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/permission denied/);
    },
  );

  test('refuses a balance below zero, an account that is none, and entries that do not add up', async () => {
    const { transfer } = await adjust();
    await expect(owner.query(`UPDATE ledger_accounts SET balance = -0.01`)).rejects.toThrow(/check constraint/);
    await expect(pool.query(`UPDATE ledger_accounts SET currency = 'USD'`)).rejects.toThrow(/permission denied/);
    const insert = (account: string, amount: string, balance: string | null) =>
      pool.query(
        'INSERT INTO ledger_entries (organization_id, transfer, account, amount, balance) VALUES ($1, $2, $3, $4, $5)',
        [organizationId, transfer.position, account, amount, balance],
      );
    await expect(insert('payments', '1', null)).rejects.toThrow(/do not add up to zero/);
    await expect(insert('gold', '1', null)).rejects.toThrow(/check constraint/);
    await expect(insert('credit', '1', null)).rejects.toThrow(/check constraint/);
  });
});

test('what happens is told with it', async () => {
  await adjust({ id: '00000000-0000-4000-8000-000000000001', amount: '5', account: 'credit', reason: 'Sorry' });
  const { rows } = await owner.query('SELECT type, subject, data FROM outbox WHERE organization_id = $1', [
    organizationId,
  ]);
  expect(rows).toEqual([
    {
      type: 'balance.adjusted',
      subject: customerId,
      data: {
        id: '00000000-0000-4000-8000-000000000001',
        kind: 'adjustment',
        customer_id: customerId,
        currency: 'EUR',
        document: null,
        reason: 'Sorry',
        entries: [{ account: 'credit', amount: '5', balance: '5' }],
      },
    },
  ]);
});
