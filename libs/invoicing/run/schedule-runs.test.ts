import { describe, expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { addDays, localDateAt, startOfLocalDay } from '#libs/catalog/billing-period.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { createBillingRun } from './create-billing-run.ts';
import { findOverdue } from './find-overdue.ts';
import { runBilling } from './run-billing.ts';
import { scheduleRuns } from './schedule-runs.ts';

const { owner, worker, fixture } = await billingDatabase();

const thisMonth = Temporal.Now.plainDateISO('UTC').with({ day: 1 });
const monthsAgo = (months: number, day = 1) => thisMonth.subtract({ months }).with({ day }).toString();

/** A subscription since the fifth of the month three months ago, entered on that day. */
async function longRunning(graceMinutes = 0) {
  const organizationId = await fixture.organization({ graceMinutes });
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  const customerId = await fixture.customer(organizationId, 'acme');
  const startsOn = monthsAgo(3, 5);
  await fixture.subscription(organizationId, customerId, planId, { startsOn, createdAt: `${startsOn}T12:00:00Z` });
  return { organizationId, meterId, planId, customerId };
}

const scheduled = async (organizationId: number) =>
  (await scheduleRuns(worker, Date.now)).filter((run) => run.organizationId === organizationId);

async function carryOut(organizationId: number) {
  const [run] = await scheduled(organizationId);
  if (run === undefined) throw new Error('nothing was scheduled');
  return runBilling(runDependencies(worker), organizationId, run.id);
}

describe('scheduleRuns', () => {
  test('catches up every period that was missed, then has nothing to do', async () => {
    const { organizationId } = await longRunning();
    const ended = await carryOut(organizationId);
    expect(ended).toMatchObject({ state: 'completed', invoicesCreated: 3, requestedBy: 'schedule' });
    const documents = await fixture.documents(organizationId);
    expect(documents.map((row) => row.document.period.from)).toEqual([monthsAgo(3, 5), monthsAgo(2), monthsAgo(1)]);
    expect(await scheduled(organizationId)).toEqual([]);
  });

  test('a subscription entered in the last local hours of a month is billed for it, though UTC has the next day', async () => {
    const organizationId = await fixture.organization();
    const meterId = await fixture.meter(organizationId);
    const planId = await fixture.simplePlan(organizationId, meterId);
    const customerId = await fixture.customer(organizationId, 'acme');
    // 01:00 UTC on the first is the evening of the last day of the month before in New York, in summer and in winter.
    await fixture.subscription(organizationId, customerId, planId, {
      startsOn: monthsAgo(3, 10),
      timeZone: 'America/New_York',
      createdAt: `${monthsAgo(2)}T01:00:00Z`,
    });
    await carryOut(organizationId);
    const documents = await fixture.documents(organizationId);
    expect(documents.map((row) => row.document.period.from)).toEqual([monthsAgo(3, 10), monthsAgo(2), monthsAgo(1)]);
    expect(await scheduled(organizationId)).toEqual([]);
  });

  test('does not queue a second run while one is open, nor does a second process', async () => {
    const { organizationId } = await longRunning();
    const runs = (await Promise.all([1, 2, 3].map(() => scheduled(organizationId)))).flat();
    expect(runs).toHaveLength(1);
    expect(await scheduled(organizationId)).toEqual([]);
  });

  test('waits for the grace period', async () => {
    const dayOfMonth = Temporal.Now.plainDateISO('UTC').day;
    // Longer than this month lasts already, so that last month is still in grace.
    const { organizationId } = await longRunning(Math.min(44_640, dayOfMonth * 24 * 60 + 60));
    expect(await carryOut(organizationId)).toMatchObject({ invoicesCreated: 2 });
    expect(await scheduled(organizationId)).toEqual([]);
  });

  test('fills a gap in the middle', async () => {
    const { organizationId } = await longRunning();
    await bill(owner, worker, organizationId, {}, { endsAfter: monthsAgo(3), endsUntil: monthsAgo(2) });
    await bill(owner, worker, organizationId, {}, { endsAfter: monthsAgo(1), endsUntil: monthsAgo(0) });
    expect(await carryOut(organizationId)).toMatchObject({ invoicesCreated: 1 });
    expect(await scheduled(organizationId)).toEqual([]);
  });

  test('bills the end of a subscription in the middle of a month, in any zone', async () => {
    for (const timeZone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      const organizationId = await fixture.organization();
      const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
      const customerId = await fixture.customer(organizationId, 'acme');
      const [startsOn, endsOn] = [monthsAgo(2, 3), monthsAgo(1, 9)];
      const createdAt = `${addDays(startsOn, -1)}T00:00:00Z`;
      await fixture.subscription(organizationId, customerId, planId, { startsOn, endsOn, timeZone, createdAt });
      expect(await carryOut(organizationId)).toMatchObject({ invoicesCreated: 2 });
      // It has nothing due any more, so that late usage of it is looked for.
      expect((await scheduled(organizationId)).filter(({ purpose }) => purpose === 'periods')).toEqual([]);
    }
  });

  test('leaves what had ended before the subscription was entered to whoever asks for it', async () => {
    const { organizationId, planId } = await longRunning();
    const late = await fixture.customer(organizationId, 'entered-late');
    await fixture.subscription(organizationId, late, planId, { startsOn: monthsAgo(3) });
    await carryOut(organizationId);
    const keys = (await fixture.documents(organizationId)).map((row) => row.document.buyer.key);
    expect(new Set(keys)).toEqual(new Set(['acme']));
    expect(await scheduled(organizationId)).toEqual([]);
    const window = { endsAfter: monthsAgo(3), endsUntil: monthsAgo(0) };
    expect(await bill(owner, worker, organizationId, {}, window)).toMatchObject({ invoicesCreated: 3 });
  });

  test('bills in advance when a period begins, looks again when something changed, and otherwise waits for the next border', async () => {
    const organizationId = await fixture.organization();
    const planId = await fixture.plan(organizationId, [
      { key: 'fee', price: { model: 'flat', amount: '31' }, terms: { billing: 'in_advance' } },
    ]);
    const customerId = await fixture.customer(organizationId, 'acme');
    const startsOn = monthsAgo(1);
    const createdAt = `${startsOn}T12:00:00Z`;
    const id = await fixture.subscription(organizationId, customerId, planId, { startsOn, createdAt });
    expect(await carryOut(organizationId)).toMatchObject({ invoicesCreated: 2 });
    const documents = await fixture.documents(organizationId);
    expect(documents.map((row) => row.document.period.from)).toEqual([monthsAgo(1), monthsAgo(0)]);
    expect(await scheduled(organizationId)).toEqual([]);
    const dueFrom = async () =>
      (await owner.query('SELECT due_from FROM subscriptions WHERE id = $1', [id])).rows[0].due_from;
    expect(await dueFrom()).toBe(thisMonth.add({ months: 1 }).toString());

    await fixture.change(organizationId, id, { startsOn: Temporal.Now.plainDateISO('UTC').toString(), paused: true });
    expect(await carryOut(organizationId)).toMatchObject({ state: 'completed', invoicesCreated: 0 });
    expect((await fixture.documents(organizationId))[0]).toMatchObject({ kind: 'credit_note' });
    expect(await scheduled(organizationId)).toEqual([]);
    expect(await dueFrom()).toBeNull();

    // A run that made but a credit note keeps nobody waiting.
    const fresh = await fixture.customer(organizationId, 'fresh');
    await fixture.subscription(organizationId, fresh, planId, { startsOn, createdAt });
    expect(await carryOut(organizationId)).toMatchObject({ invoicesCreated: 2 });
  });

  test('looks at so many subscriptions at a time, and in the end at all of them', async () => {
    const { organizationId, meterId, planId } = await longRunning();
    await carryOut(organizationId);
    for (const key of ['b', 'c', 'd']) {
      const customerId = await fixture.customer(organizationId, key);
      await fixture.subscription(organizationId, customerId, planId, { startsOn: monthsAgo(0) });
    }
    await fixture.usage(organizationId, meterId, 'd', `${monthsAgo(0)}T00:00:00Z`, '5');
    const today = Temporal.Now.plainDateISO('UTC').toString();
    const zone = { organizationId, timeZone: 'UTC', graceMinutes: 0, overUntil: today, endedBy: Date.now() };
    const look = () => inTransaction(worker, (tx) => findOverdue(tx, [zone], 1));
    // None is due before the month is over; each look puts one of the four off to then.
    for (let looks = 0; looks < 4; looks++) expect(await look()).toEqual([]);
    const { rows } = await owner.query('SELECT DISTINCT due_from FROM subscriptions WHERE organization_id = $1', [
      organizationId,
    ]);
    expect(rows).toEqual([{ due_from: thisMonth.add({ months: 1 }).toString() }]);
  });

  test('does not run every minute for a customer who is parked, and still bills a new one', async () => {
    const { organizationId, planId } = await longRunning();
    const broken = await fixture.plan(organizationId, [{ key: 'fee', price: null }]);
    const customerId = await fixture.customer(organizationId, 'broken');
    const term = { startsOn: monthsAgo(2), createdAt: `${monthsAgo(2)}T00:00:00Z` };
    await fixture.subscription(organizationId, customerId, broken, term);
    expect(await carryOut(organizationId)).toMatchObject({ customersDone: 2, invoicesCreated: 3 });
    expect(await scheduled(organizationId)).toEqual([]);
    const fresh = await fixture.customer(organizationId, 'new');
    await fixture.subscription(organizationId, fresh, planId, term);
    expect(await carryOut(organizationId)).toMatchObject({ invoicesCreated: 2 });
    await owner.query("UPDATE billing_run_parked SET parked_at = now() - interval '25 hours'");
    expect(await scheduled(organizationId)).toHaveLength(1);
  });
});

test('the count of due periods agrees with the calendar, on any date and in any zone', async () => {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  const zones = ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/New_York'];
  for (const [index, timeZone] of zones.entries()) {
    const customerId = await fixture.customer(organizationId, `zone-${index}`);
    const createdAt = '2025-01-30T00:00:00Z';
    await fixture.subscription(organizationId, customerId, planId, {
      startsOn: '2025-01-30',
      endsOn: '2025-03-02',
      timeZone,
      createdAt,
    });
  }
  const dates = Array.from({ length: 36 }, (_, index) => addDays('2025-01-29', index));
  for (const date of dates) {
    const overdue = (timeZone: string) =>
      inTransaction(worker, (tx) =>
        findOverdue(tx, [
          { organizationId, timeZone, graceMinutes: 0, overUntil: date, endedBy: startOfLocalDay(date, timeZone) },
        ]),
      );
    const isBorder = ['2025-02-01', '2025-03-01', '2025-03-02'].includes(date);
    for (const timeZone of zones) expect([date, (await overdue(timeZone)).length]).toEqual([date, isBorder ? 1 : 0]);
    if (!isBorder) continue;
    const endsAfter = addDays(date, -1);
    expect(await bill(owner, worker, organizationId, {}, { endsAfter, endsUntil: date })).toMatchObject({
      invoicesCreated: 4,
    });
    for (const timeZone of zones) expect([date, await overdue(timeZone)]).toEqual([date, []]);
  }
});

describe('createBillingRun', () => {
  const create = (organizationId: number, endsUntil: string) =>
    inTransaction(owner, (tx) =>
      createBillingRun(tx, {
        organizationId,
        id: crypto.randomUUID(),
        endsAfter: monthsAgo(3),
        endsUntil,
        requestedBy: 'test',
      }),
    );

  test('queues what is over', async () => {
    const { organizationId } = await longRunning();
    expect(await create(organizationId, monthsAgo(0))).toMatchObject({ status: 'queued', run: { state: 'queued' } });
  });

  test('refuses a month that is running, naming when it may be billed', async () => {
    const { organizationId } = await longRunning(90);
    const next = thisMonth.add({ months: 1 }).toString();
    expect(await create(organizationId, next)).toMatchObject({
      status: 'period_not_over',
      notOver: { period: { from: monthsAgo(0), to: next }, billableAt: `${next}T01:30:00.000Z` },
    });
  });

  test('a month is not over before it is over for the last customer', async () => {
    const { organizationId, planId, customerId } = await longRunning();
    // Today is yesterday somewhere, or tomorrow: a subscription that ends today where it is still today.
    const timeZone = 'Pacific/Pago_Pago';
    const tomorrow = addDays(localDateAt(Date.now(), timeZone), 1);
    await fixture.subscription(organizationId, customerId, planId, {
      startsOn: monthsAgo(1),
      endsOn: tomorrow,
      timeZone,
    });
    expect(await create(organizationId, tomorrow)).toMatchObject({
      status: 'period_not_over',
      notOver: { period: { to: tomorrow, timeZone } },
    });
  });
});
