import { describe, expect, test } from '@jest/globals';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { bill, HOUR_IN_PAST_MONTH, PAST_MONTH, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { insertBillingRun, type NewBillingRun } from '../store/insert-billing-run.ts';
import { selectBillingRun } from '../store/select-billing-run.ts';
import { selectParked } from '../store/select-parked.ts';
import { selectRunDrafts } from '../store/select-run-drafts.ts';
import { selectRunTotals } from '../store/select-run-totals.ts';
import { updateRunCancelled } from '../store/update-run-cancelled.ts';
import { createBillingRun } from './create-billing-run.ts';
import { RunTakenOver } from './finalize.ts';
import { retryParked } from './retry-parked.ts';
import { runBilling } from './run-billing.ts';
import { scheduleRuns } from './schedule-runs.ts';

const { owner, worker, fixture } = await billingDatabase();

/** Customers who owe 12.00 each; one more who cannot be billed, if asked for. */
async function someCustomers(count: number, withBroken = false) {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    ids.push(await fixture.simpleCustomer(organizationId, `customer-${n}`, planId));
    await fixture.usage(organizationId, meterId, `customer-${n}`, HOUR_IN_PAST_MONTH, '1000');
  }
  const broken = await fixture.plan(organizationId, [{ key: 'fee', price: null }]);
  if (withBroken) await fixture.simpleCustomer(organizationId, 'broken', broken);
  return { organizationId, planId, ids, broken };
}

const queue = (organizationId: number, changes: Partial<NewBillingRun> = {}): Promise<BillingRun> =>
  inTransaction(owner, (tx) =>
    insertBillingRun(tx, { organizationId, id: uuidv7(Date.now()), requestedBy: 'test', ...PAST_MONTH, ...changes }),
  );
const carryOut = (run: BillingRun, changes = {}) =>
  runBilling(runDependencies(worker, changes), run.organizationId, run.id);
const read = ({ organizationId, id }: BillingRun) =>
  inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id)) as Promise<BillingRun>;
const totalsOf = ({ organizationId, id }: BillingRun) =>
  inTransaction(owner, (tx) => selectRunTotals(tx, organizationId, id));
const buyersOf = async (organizationId: number) =>
  (await fixture.documents(organizationId)).map((row) => row.document.buyer.key).sort();

describe('a dry run', () => {
  test('says what would be billed and leaves everything as it is', async () => {
    const { organizationId } = await someCustomers(12, true);
    const run = await queue(organizationId, { dryRun: true });
    const before = await countRows();
    const ended = await carryOut(run, { chunkSize: 5 });
    expect(ended).toMatchObject({ state: 'completed', customersDue: 13, customersDone: 13, invoicesCreated: 12 });
    expect(await totalsOf(run)).toEqual([
      { currency: 'EUR', invoices: 12, total: '144.00', creditNotes: 0, credited: '0.00' },
    ]);
    const drafts = await inTransaction(owner, (tx) => selectRunDrafts(tx, organizationId, run.id));
    expect(drafts).toHaveLength(10);
    expect(drafts[0]).toMatchObject({
      kind: 'invoice',
      total: '12.00',
      lines: [{ amount: '10.00' }, { amount: '2.00' }],
    });
    const parked = await inTransaction(owner, (tx) => selectParked(tx, organizationId, run.id));
    expect(parked).toMatchObject([{ customerKey: 'broken', code: 'missing_price' }]);
    const changed = ['billing_run_parked', 'billing_run_totals', 'outbox'];
    const after = await countRows();
    expect(Object.keys(after).filter((table) => after[table] !== before[table])).toEqual(changed);
    // What it said is what is billed then.
    const real = await queue(organizationId);
    await carryOut(real);
    expect(await totalsOf(real)).toEqual(await totalsOf(run));
    expect((await fixture.documents(organizationId))[0].document).toMatchObject({ lines: drafts[0]?.lines });
  });

  test('whom it parks the schedule still bills, and it keeps no schedule waiting', async () => {
    const organizationId = await fixture.organization();
    const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
    const customerId = await fixture.customer(organizationId, 'acme');
    await fixture.subscription(organizationId, customerId, planId, { ...MARCH, createdAt: '2025-03-01T00:00:00Z' });
    await queue(organizationId, { dryRun: true });
    const { id } = await queue(organizationId, { dryRun: true });
    await owner.query(
      `INSERT INTO billing_run_parked (organization_id, billing_run_id, customer_id, code, detail) VALUES ($1, $2, $3, 'x', 'x')`,
      [organizationId, id, customerId],
    );
    const scheduled = await scheduleRuns(worker, Date.now);
    expect(scheduled.filter((run) => run.organizationId === organizationId)).toHaveLength(1);
  });
});

const MARCH = { startsOn: '2025-03-01', endsOn: '2025-04-01' };

async function countRows(): Promise<Record<string, number>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables)
    counts[name] = (await owner.query(`SELECT count(*)::integer AS rows FROM ${name}`)).rows[0].rows;
  return counts;
}

test('a run for chosen customers bills them and nobody else, over several chunks', async () => {
  const { organizationId, ids } = await someCustomers(7);
  const run = await queue(organizationId, { customerIds: [ids[5], ids[1], ids[3]] as string[] });
  expect(await carryOut(run, { chunkSize: 2 })).toMatchObject({
    customersDue: 3,
    customersDone: 3,
    invoicesCreated: 3,
  });
  expect(await buyersOf(organizationId)).toEqual(['customer-1', 'customer-3', 'customer-5']);
  const rest = await queue(organizationId);
  // Who turned out to have nothing due is no longer counted.
  expect(await carryOut(rest, { chunkSize: 2 })).toMatchObject({
    customersDue: 4,
    customersDone: 4,
    invoicesCreated: 4,
  });
  expect(await totalsOf(rest)).toMatchObject([{ currency: 'EUR', invoices: 4, total: '48.00' }]);
});

test('parked customers are tried again over the same window, and only they', async () => {
  const { organizationId, planId, broken } = await someCustomers(2, true);
  const run = await queue(organizationId, { backdated: false, requestedBy: 'schedule' });
  await owner.query("UPDATE subscriptions SET created_at = '2025-01-01' WHERE organization_id = $1", [organizationId]);
  await carryOut(run);
  await owner.query('UPDATE subscription_changes SET plan_id = $1 WHERE plan_id = $2', [planId, broken]);
  await fixture.simpleCustomer(organizationId, 'new', planId);
  const retry = (await inTransaction(owner, (tx) =>
    retryParked(tx, run, { id: uuidv7(Date.now()), requestedBy: 'test' }),
  )) as BillingRun;
  expect(retry).toMatchObject({ ...PAST_MONTH, retryOf: run.id, backdated: false, dryRun: false, chosenOnly: true });
  expect(await carryOut(retry)).toMatchObject({ customersDue: 1, invoicesCreated: 1 });
  expect(await buyersOf(organizationId)).toEqual(['broken', 'customer-0', 'customer-1']);
  const none = await inTransaction(owner, (tx) => retryParked(tx, retry, { id: uuidv7(0), requestedBy: 'test' }));
  expect(none).toBeNull();
});

describe('cancelling', () => {
  const cancel = ({ organizationId, id }: BillingRun) =>
    inTransaction(owner, (tx) => updateRunCancelled(tx, organizationId, id, 'Cancelled by the test'));

  test('a queued run never begins; one that ended is left as it is', async () => {
    const { organizationId } = await someCustomers(1);
    const run = await queue(organizationId);
    expect(await cancel(run)).toMatchObject({ state: 'cancelled', stateReason: 'Cancelled by the test' });
    expect(await carryOut(run)).toBeNull();
    expect(await cancel(run)).toBeNull();
    expect(await buyersOf(organizationId)).toEqual([]);
  });

  test('between two chunks: what was finalized stays, the rest is left to the next run', async () => {
    const { organizationId } = await someCustomers(6);
    const run = await queue(organizationId);
    let chunks = 0;
    const checkpoint = async (step: string) => {
      if (step === 'finalized' && ++chunks === 2) await cancel(run);
    };
    await expect(carryOut(run, { chunkSize: 2, checkpoint })).rejects.toBeInstanceOf(RunTakenOver);
    expect(await read(run)).toMatchObject({ state: 'cancelled', invoicesCreated: 4, customersDone: 4 });
    expect(await buyersOf(organizationId)).toHaveLength(4);
    expect(await bill(owner, worker, organizationId)).toMatchObject({ invoicesCreated: 2 });
    expect(await buyersOf(organizationId)).toHaveLength(6);
  });

  test('waits for the chunk that is being finalized', async () => {
    const { organizationId } = await someCustomers(2);
    const run = await queue(organizationId);
    let cancelling: Promise<unknown> | undefined;
    const checkpoint = async (step: string) => {
      if (step !== 'numbered') return;
      cancelling = cancel(run);
      await waitFor(
        async () => {
          const { rows } = await owner.query(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%cancelled%'",
          );
          return rows.length === 1;
        },
        { describe: 'the cancelling to wait' },
      );
    };
    await carryOut(run, { checkpoint });
    await cancelling;
    expect(await read(run)).toMatchObject({ state: 'cancelled', invoicesCreated: 2 });
    expect(await buyersOf(organizationId)).toHaveLength(2);
  });

  test('while it waits for the log, and while pages are rendered', async () => {
    const { organizationId } = await someCustomers(1);
    const waiting = await queue(organizationId);
    const work = carryOut(waiting, { logEnd: async () => new Map([[7, 5n]]) });
    await waitFor(async () => (await read(waiting)).stateReason?.includes('partition 7') ?? false, {
      describe: 'the run to wait',
    });
    await cancel(waiting);
    expect(await work).toBeNull();
    const rendering = await queue(organizationId);
    const checkpoint = async (step: string) => {
      if (step === 'billed') await cancel(rendering);
    };
    expect(await carryOut(rendering, { checkpoint })).toBeNull();
    expect(await read(rendering)).toMatchObject({ state: 'cancelled', invoicesCreated: 1 });
  });
});

const DAY = 86_400_000;

describe('grace of a customer', () => {
  async function two() {
    // Where it is noon: no day begins or ends while the test runs.
    const now = new Date();
    const offset = 12 - now.getUTCHours();
    const timeZone = `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
    const today = localDateAt(now.getTime(), timeZone);
    const begin = now.setUTCMinutes(0, 0, 0) - 12 * 3_600_000;
    const organizationId = await fixture.organization({ graceMinutes: 60, timeZone });
    const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
    const term = {
      startsOn: addDaysTo(today, -3),
      createdAt: new Date(begin - 3 * DAY).toISOString(),
      anchor: today,
      timeZone,
    };
    const daily = await fixture.plan(organizationId, [{ key: 'fee', price: { model: 'flat', amount: '1' } }], 'EUR', {
      interval: 'day',
    });
    expect(planId).not.toBe(daily);
    for (const [key, grace] of [
      ['patient', 2 * 24 * 60],
      ['prompt', 0],
    ] as const) {
      const customerId = await fixture.customer(organizationId, key);
      await owner.query('UPDATE customers SET grace_minutes = $2 WHERE id = $1', [customerId, grace]);
      await fixture.subscription(organizationId, customerId, daily, term);
    }
    return { organizationId, today, begin };
  }

  test('decides about the schedule', async () => {
    const { organizationId, today } = await two();
    const scheduled = async () =>
      (await scheduleRuns(worker, Date.now)).filter((run) => run.organizationId === organizationId);
    const [run] = (await scheduled()) as [BillingRun];
    await carryOut(run);
    const lastDay = async (key: string) =>
      (await fixture.documents(organizationId))
        .filter((row) => row.document.buyer.key === key)
        .map((row) => row.document.period.to)
        .at(-1);
    expect([await lastDay('prompt'), await lastDay('patient')]).toEqual([today, addDaysTo(today, -2)]);
    expect(await scheduled()).toEqual([]);
    // Its wait is over.
    await owner.query("UPDATE customers SET grace_minutes = 0 WHERE organization_id = $1 AND key = 'patient'", [
      organizationId,
    ]);
    const [next] = (await scheduled()) as [BillingRun];
    await carryOut(next);
    expect(await lastDay('patient')).toBe(today);
  });

  test('decides whether a period can be billed when it is asked for', async () => {
    const { organizationId, today, begin } = await two();
    const ask = (customers?: string[]) =>
      inTransaction(owner, (tx) =>
        createBillingRun(tx, {
          organizationId,
          id: uuidv7(Date.now()),
          requestedBy: 'test',
          endsAfter: addDaysTo(today, -1),
          endsUntil: today,
          customers,
        }),
      );
    const billableAt = new Date(begin + 2 * DAY).toISOString();
    expect(await ask()).toMatchObject({ status: 'period_not_over', notOver: { billableAt } });
    expect(await ask(['prompt', 'patient'])).toMatchObject({ status: 'period_not_over' });
    expect(await ask(['prompt'])).toMatchObject({ status: 'queued', run: { chosenOnly: true } });
    expect(await ask(['prompt', 'nobody'])).toEqual({ status: 'unknown_customers', places: [1] });
  });

  test('a window ahead in which nothing ends is refused, one that is over is not', async () => {
    const { organizationId } = await someCustomers(1);
    const ask = (endsAfter: string, endsUntil: string) =>
      inTransaction(owner, (tx) =>
        createBillingRun(tx, { organizationId, id: uuidv7(Date.now()), requestedBy: 'test', endsAfter, endsUntil }),
      );
    await owner.query("UPDATE subscriptions SET ends_on = '2025-06-01' WHERE organization_id = $1", [organizationId]);
    expect(await ask('2199-01-01', '2199-02-01')).toEqual({ status: 'window_ahead' });
    expect(await ask('2025-07-01', '2025-08-01')).toMatchObject({ status: 'queued' });
  });
});

const addDaysTo = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
