import { describe, expect, test } from '@jest/globals';
import type { ChargeInput } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { each, flat, inAdvance, subscribed } from '#tests/support/subscribed.ts';
import { regenerateInvoice } from '../correct/regenerate-invoice.ts';

/* Fees of 31.00 a month make a day of March cost 1.00. */

const at = await billingDatabase();
const { worker, fixture } = at;

describe('a trial', () => {
  test('covers fees; usage in it is billed', async () => {
    const one = await subscribed(
      at,
      (meterId) => [inAdvance('fee', '31'), { key: 'calls', meterId, price: each('1') }],
      {
        startsOn: '2025-03-01',
        trialDays: 10,
      },
    );
    await one.usage('2025-03-05', '3');
    await one.bill('2025-02-28', '2025-04-01');
    expect(await one.documents()).toEqual([
      '21.00: fee 03-11/04-01 21.00',
      '34.00: calls 03-01/04-01 3.00, fee 04-01/05-01 31.00',
    ]);
  });

  test('puts off what is charged once', async () => {
    const setup: ChargeInput = { key: 'setup', price: flat('99'), terms: { billing: 'once' } };
    const one = await subscribed(at, () => [setup], { startsOn: '2025-03-01', trialDays: 10 });
    await one.bill('2025-02-28', '2025-03-10');
    expect(await one.documents()).toEqual([]);
    await one.bill('2025-03-10', '2025-03-11');
    expect(await one.documents()).toEqual(['99.00: setup 03-11/03-12 99.00']);
  });

  test('that is not lived through costs nothing', async () => {
    const one = await subscribed(at, () => [inAdvance('fee', '31')], { startsOn: '2025-03-01', trialDays: 10 });
    await one.end('2025-03-11');
    await one.bill('2025-02-28', '2025-04-01');
    expect(await one.documents()).toEqual([]);
  });

  test('may cover usage too; what ends within it costs nothing', async () => {
    const one = await subscribed(at, (meterId) => [{ key: 'calls', meterId, price: each('1') }], {
      startsOn: '2025-02-01',
      trialDays: 40,
      trialUsage: 'free',
    });
    for (const day of ['2025-02-10', '2025-03-12', '2025-03-13']) await one.usage(day, '5');
    await one.bill('2025-02-01', '2025-04-01');
    // The 41st day is 13 March.
    expect(await one.documents()).toEqual(['5.00: calls 03-13/04-01 5.00']);
  });
});

describe('the minimum of a plan', () => {
  test('is topped up over all charges of the period, what was billed in advance included', async () => {
    const one = await subscribed(
      at,
      (meterId) => [inAdvance('fee', '31'), { key: 'calls', meterId, price: each('1') }],
      { startsOn: '2025-03-01' },
      { minimumAmount: '100' },
    );
    await one.usage('2025-03-05', '9');
    await one.usage('2025-04-05', '80');
    await one.bill('2025-02-28', '2025-05-01');
    expect(await one.documents()).toEqual([
      '31.00: fee 03-01/04-01 31.00',
      '100.00: calls 03-01/04-01 9.00, plan 03-01/04-01 60.00, fee 04-01/05-01 31.00',
      // Reached: no word of it.
      '111.00: calls 04-01/05-01 80.00, fee 05-01/06-01 31.00',
    ]);
    await one.bill('2025-02-28', '2025-05-01');
    expect(await one.documents()).toHaveLength(3);
  });

  test('of a part of a period is its share of days; what a credit leaves counts', async () => {
    const one = await subscribed(
      at,
      () => [inAdvance('fee', '31')],
      { startsOn: '2025-03-01' },
      { minimumAmount: '62' },
    );
    await one.bill('2025-02-28', '2025-03-01');
    await one.end('2025-03-11');
    await one.bill('2025-03-01', '2025-04-01');
    expect(await one.documents()).toEqual([
      '31.00: fee 03-01/04-01 31.00',
      '10.00: plan 03-01/03-11 10.00',
      'credit -21.00: fee 03-11/04-01 -21.00',
    ]);
  });

  test('of each plan of a period is for its own days and its own charges', async () => {
    const calls = (meterId: number): ChargeInput => ({ key: 'calls', meterId, price: each('1') });
    let meter = 0;
    const one = await subscribed(
      at,
      (meterId) => {
        meter = meterId;
        return [calls(meterId)];
      },
      { startsOn: '2025-03-01' },
      { minimumAmount: '62' },
    );
    const planId = await one.newPlan([calls(meter)], { minimumAmount: '31' });
    await one.change({ startsOn: '2025-03-11', planId });
    await one.usage('2025-03-05', '5');
    await one.usage('2025-03-15', '30');
    await one.bill('2025-03-01', '2025-04-01');
    expect(await one.documents()).toEqual([
      // 62 × 10 ÷ 31 = 20, of which 5 were used.
      '20.00: calls 03-01/03-11 5.00, plan 03-01/03-11 15.00',
      // 31 × 21 ÷ 31 = 21, which 30 are more than.
      '30.00: calls 03-11/04-01 30.00',
    ]);
  });

  test('that is reached alone makes no document of 0.00, and is not looked at again', async () => {
    const one = await subscribed(
      at,
      () => [inAdvance('fee', '31', { every: 'month' })],
      { startsOn: '2025-03-01', endsOn: '2025-04-01' },
      { minimumAmount: '5' },
    );
    expect(await one.bill('2025-02-28', '2025-04-01')).toMatchObject({ invoicesCreated: 1, invoicesSkipped: 1 });
    expect(await one.documents()).toEqual(['31.00: fee 03-01/04-01 31.00']);
    expect(await one.bill('2025-02-28', '2025-04-01')).toMatchObject({ invoicesCreated: 0, invoicesSkipped: 0 });
  });

  test('issued anew is the same', async () => {
    const one = await subscribed(
      at,
      (meterId) => [{ key: 'calls', meterId, price: each('1') }],
      { startsOn: '2025-03-01' },
      {
        minimumAmount: '50',
      },
    );
    await one.usage('2025-03-05', '9');
    await one.bill('2025-03-01', '2025-04-01');
    await one.usage('2025-03-06', '1');
    const [invoice] = await fixture.documents(one.organizationId);
    const result = await regenerateInvoice(worker, {
      organizationId: one.organizationId,
      invoiceId: invoice.id,
      reason: 'late',
      requestedBy: 'test',
      clock: Date.now,
    });
    if (result.status !== 'regenerated') throw new Error(result.status);
    expect(result.invoice.document).toMatchObject({
      total: '50.00',
      lines: [
        { charge_key: 'calls', amount: '10.00' },
        { kind: 'commitment', amount: '40.00' },
      ],
    });
  });
});
