import { describe, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { selectParked } from '../store/select-parked.ts';
import { runBilling } from './run-billing.ts';

const { owner, worker, fixture } = await billingDatabase();

describe('time zones', () => {
  test('each customer has the month of his own clock', async () => {
    const organizationId = await fixture.organization();
    const meterId = await fixture.meter(organizationId);
    const planId = await fixture.simplePlan(organizationId, meterId);
    const zones = { east: 'Pacific/Kiritimati', west: 'Pacific/Pago_Pago', summer: 'Australia/Sydney' };
    for (const [key, timeZone] of Object.entries(zones)) {
      await fixture.simpleCustomer(organizationId, key, planId, timeZone);
      // March 2025 there begins 14 hours before and 11 hours after it does in UTC.
      for (const hour of ['2025-02-28T09:00Z', '2025-02-28T10:00Z', '2025-03-01T10:00Z', '2025-03-01T11:00Z'])
        await fixture.usage(organizationId, meterId, key, hour, '1000');
      for (const hour of ['2025-03-31T09:00Z', '2025-03-31T10:00Z', '2025-04-01T10:00Z', '2025-04-01T11:00Z'])
        await fixture.usage(organizationId, meterId, key, hour, '1000');
    }
    await bill(owner, worker, organizationId);
    const documents = await fixture.documents(organizationId);
    const byKey = Object.fromEntries(documents.map((row) => [row.document.buyer.key, row.document]));
    // Kiritimati: from 28 Feb 10:00Z to 31 March 10:00Z. Pago Pago: from 1 March 11:00Z to 1 April 11:00Z.
    expect(byKey.east.lines[1]).toMatchObject({ service_from: '2025-02-28T10:00:00Z', quantity: '4000' });
    expect(byKey.west.lines[1]).toMatchObject({ service_to: '2025-04-01T11:00:00Z', quantity: '4000' });
    // Sydney, summer time at both ends: from 28 Feb 13:00Z to 31 March 13:00Z.
    expect(byKey.summer.lines[1]).toMatchObject({ service_from: '2025-02-28T13:00:00Z', quantity: '4000' });
  });

  test('a month that is not over where the customer lives waits for him', async () => {
    const organizationId = await fixture.organization();
    const meterId = await fixture.meter(organizationId);
    const planId = await fixture.simplePlan(organizationId, meterId);
    await fixture.simpleCustomer(organizationId, 'west', planId, 'Pacific/Pago_Pago');
    await fixture.simpleCustomer(organizationId, 'east', planId, 'Pacific/Kiritimati');
    const now = new Date('2025-04-01T02:00:00Z');
    const run = await fixture.queue(organizationId);
    // The beginning decides, so that a test can lie in the past.
    await owner.query('UPDATE billing_runs SET started_at = $2 WHERE id = $1', [run.id, now]);
    const ended = await runBilling(runDependencies(worker), organizationId, run.id);
    expect(ended).toMatchObject({ invoicesCreated: 1 });
    expect((await fixture.documents(organizationId))[0].document.buyer.key).toBe('east');
    expect(await bill(owner, worker, organizationId)).toMatchObject({ invoicesCreated: 1 });
  });

  test('an unknown zone is refused, not guessed; one whose days begin within an hour is billed', async () => {
    const organizationId = await fixture.organization();
    const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
    await fixture.simpleCustomer(organizationId, 'delhi', planId, 'Asia/Kolkata');
    await fixture.simpleCustomer(organizationId, 'atlantis', planId, 'Atlantis/Capital');
    const run = await bill(owner, worker, organizationId);
    const parked = await inTransaction(owner, (tx) => selectParked(tx, organizationId, run.id));
    expect(parked).toMatchObject([{ customerKey: 'atlantis', code: 'unknown_time_zone' }]);
    expect(run).toMatchObject({ invoicesCreated: 1 });
  });
});

test('grace is waited out', async () => {
  const organizationId = await fixture.organization({ graceMinutes: 120 });
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  await fixture.simpleCustomer(organizationId, 'one', planId);
  for (const [begun, invoicesCreated] of [
    ['2025-04-01T01:59:59Z', 0],
    ['2025-04-01T02:00:00Z', 1],
  ] as const) {
    const run = await fixture.queue(organizationId);
    await owner.query('UPDATE billing_runs SET started_at = $2 WHERE id = $1', [run.id, begun]);
    expect(await runBilling(runDependencies(worker), organizationId, run.id)).toMatchObject({ invoicesCreated });
  }
});

test('months that were missed get the documents they would have had; two subscriptions meet on one', async () => {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  const customerId = await fixture.simpleCustomer(organizationId, 'one', planId);
  const fee = await fixture.plan(organizationId, [{ key: 'support', price: { model: 'flat', amount: '31' } }]);
  await fixture.subscription(organizationId, customerId, fee, { startsOn: '2025-03-30' });
  const dollars = await fixture.plan(
    organizationId,
    [{ key: 'support', price: { model: 'flat', amount: '1' } }],
    'USD',
  );
  await fixture.subscription(organizationId, customerId, dollars, { startsOn: '2025-03-01', endsOn: '2025-03-16' });
  await bill(owner, worker, organizationId, {}, { endsAfter: '2025-02-01', endsUntil: '2025-04-01' });
  const documents = await fixture.documents(organizationId);
  expect(documents.map((row) => [row.document.period.from, row.currency, row.total])).toEqual([
    ['2025-02-01', 'EUR', '10.00'],
    // Over on the 16th; 15 of 31 days: 0.4838…
    ['2025-03-01', 'USD', '0.48'],
    ['2025-03-01', 'EUR', '12.00'],
  ]);
});

test('what was billed for part of a period is not billed again: only the rest of it is', async () => {
  const organizationId = await fixture.organization();
  const planId = await fixture.plan(organizationId, [{ key: 'fee', price: { model: 'flat', amount: '31' } }]);
  const customerId = await fixture.customer(organizationId, 'one');
  const id = await fixture.subscription(organizationId, customerId, planId, {
    startsOn: '2025-03-01',
    endsOn: '2025-03-11',
  });
  await bill(owner, worker, organizationId);
  await owner.query('UPDATE subscriptions SET ends_on = NULL WHERE id = $1', [id]);
  await bill(owner, worker, organizationId);
  const documents = await fixture.documents(organizationId);
  expect(documents.map(({ document, total }) => [document.period.from, total])).toEqual([
    ['2025-03-01', '10.00'],
    ['2025-03-11', '21.00'],
  ]);
});
