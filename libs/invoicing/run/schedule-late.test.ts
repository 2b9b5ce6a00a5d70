import { expect, test } from '@jest/globals';
import { addDays } from '#libs/catalog/billing-period.ts';
import { bill, billingFixture, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { runBilling } from './run-billing.ts';
import { scheduleRuns } from './schedule-runs.ts';

const { owner, worker } = await billingDatabase();

const TODAY = new Date().toISOString().slice(0, 10);
const day = (days: number): string => addDays(TODAY, days);

test('once a day someone looks for late usage of a customer who has nothing due any more', async () => {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.plan(organizationId, [
    { key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '1' } },
  ]);
  const customerId = await fixture.customer(organizationId, 'acme');
  await fixture.subscription(organizationId, customerId, planId, { startsOn: day(-40), endsOn: day(-10) });
  await fixture.usage(organizationId, meterId, 'acme', `${day(-12)}T00:00:00Z`, '5');
  await bill(owner, worker, organizationId, {}, { endsAfter: day(-60), endsUntil: TODAY });
  // Its first look finds nothing due and puts the subscription off for good.
  await owner.query('UPDATE subscriptions SET due_from = NULL WHERE organization_id = $1', [organizationId]);
  await fixture.usage(organizationId, meterId, 'acme', `${day(-13)}T00:00:00Z`, '3');
  const [run, ...others] = await scheduleRuns(worker, Date.now);
  expect(others).toEqual([]);
  expect(run).toMatchObject({ organizationId, purpose: 'late', requestedBy: 'schedule', customerId: null });
  const ended = await runBilling(runDependencies(worker), organizationId, run?.id as string);
  expect(ended).toMatchObject({ state: 'completed', invoicesCreated: 1 });
  const documents = await fixture.documents(organizationId);
  expect(documents.at(-1)?.document).toMatchObject({ total: '3.00', lines: [{ kind: 'adjustment', quantity: '8' }] });
  expect(await scheduleRuns(worker, Date.now)).toEqual([]);
  await owner.query("UPDATE billing_runs SET created_at = created_at - interval '25 hours'");
  expect(await scheduleRuns(worker, Date.now)).toMatchObject([{ purpose: 'late' }]);
});

test('who has an invoice due soon is left to it', async () => {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.plan(organizationId, [
    { key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '1' } },
  ]);
  const customerId = await fixture.customer(organizationId, 'acme');
  await fixture.subscription(organizationId, customerId, planId, { startsOn: day(-40) });
  await fixture.usage(organizationId, meterId, 'acme', `${day(-38)}T00:00:00Z`, '5');
  await bill(owner, worker, organizationId, {}, { endsAfter: day(-60), endsUntil: TODAY });
  expect((await scheduleRuns(worker, Date.now)).filter((run) => run.organizationId === organizationId)).toEqual([]);
});
