import { describe, expect, test } from '@jest/globals';
import { billingDatabase } from '#tests/support/billing-database.ts';
import {
  calls,
  createWorld,
  figures,
  HOUR,
  lateSellers,
  linesOf,
  OTHER_HOUR,
  PER_CALL,
  type World,
} from '#tests/support/late.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/*
 * Usage that comes late, over simulated months: each scenario says what every document bills, and that together they bill what one invoice
 * in time would have billed. That one is made in a world of its own, where all usage was there when March was billed.
 */

const { owner, worker } = await billingDatabase();
const { billedFor, inTime } = lateSellers(owner, worker);

const VOLUME = {
  model: 'volume',
  tiers: [
    { up_to: '100', unit_amount: '1' },
    { up_to: null, unit_amount: '0.5' },
  ],
};

describe('what came late is billed with the next invoice', () => {
  test('more calls: a line of their own, with what is used by now and what was billed before', async () => {
    const setup = { charges: calls(PER_CALL) };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    await acme.calls('2025-04-05T00:00:00Z', { '': 10 });
    const [first] = await acme.documents();
    const made = await acme.bill('2025-04');
    expect(figures(made)).toEqual([['invoice', '6.00', 'usage calls 1.00', 'adjustment of usage calls 5.00']]);
    const line = made[0]?.lines[1];
    expect(line).toMatchObject({
      quantity: '150',
      amount: '5.00',
      service_from: '2025-03-01T00:00:00Z',
      service_to: '2025-04-01T00:00:00Z',
      evidence: { meter: 'calls', quantity: '150', event_count: '150' },
      of: { id: first?.id, number: first?.number, position: 1 },
      steps: [
        { rule: 'per_unit', quantity: '150', amount: '15' },
        { rule: 'billed_before', amount: '-10' },
      ],
    });
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
    // Once and for all.
    expect(await acme.bill('2025-05')).toEqual([]);
  });

  test('volume tiers: all units become cheaper, and although there are more of them something is given back', async () => {
    const setup = { charges: calls(VOLUME) };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 20 });
    const made = await acme.bill('2025-04');
    expect(figures(made)).toEqual([['credit_note', '-40.00', 'usage calls -40.00']]);
    expect(made[0]?.corrects).toMatchObject({ late: true, reason: 'Usage that came or was corrected later' });
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 120 }));
  });

  test('a minimum that was missed is made up for, and comes to an end', async () => {
    const setup = { charges: calls(PER_CALL, { minimum_amount: '20' }) };
    const acme = await billedFor(setup, { '': 50 });
    expect(figures(await acme.documents())).toEqual([['invoice', '20.00', 'usage calls 5.00', 'minimum calls 15.00']]);
    await acme.calls(OTHER_HOUR, { '': 250 });
    const made = await acme.bill('2025-04');
    expect(figures(made)).toEqual([
      ['invoice', '45.00', 'usage calls 0.00', 'minimum calls 20.00', 'adjustment of usage calls 25.00'],
      ['credit_note', '-15.00', 'minimum calls -15.00'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 300 }));
  });

  test('a maximum that is reached: only what is left below it', async () => {
    const setup = { charges: calls(PER_CALL, { maximum_amount: '12' }) };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 500 });
    expect(figures(await acme.bill('2025-04'))).toEqual([
      ['invoice', '2.00', 'usage calls 0.00', 'adjustment of usage calls 2.00'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 600 }));
  });

  test('the commitment of a plan: its true-up goes down as usage goes up', async () => {
    const setup = { charges: calls(PER_CALL), minimumAmount: '30' };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    const made = await acme.bill('2025-04');
    expect(figures(made)).toEqual([
      ['invoice', '35.00', 'usage calls 0.00', 'commitment plan 30.00', 'adjustment of usage calls 5.00'],
      ['credit_note', '-5.00', 'commitment plan -5.00'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
    // Reached, and then voided again.
    await acme.calls(OTHER_HOUR, { '': 400 });
    await acme.bill('2025-05');
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 500 }));
    await acme.calls(OTHER_HOUR, {});
    await acme.bill('2025-06');
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 100 }));
  });

  test('a percentage coupon and taxes to be added: both of then, to the cent', async () => {
    const setup = {
      charges: (meterId: number) => [
        ...calls({ model: 'per_unit', unit_amount: '0.033' })(meterId),
        { key: 'fee', price: { model: 'flat', amount: '9.99' } },
      ],
      coupons: [{ percent: '15' }],
      tax: ['19', false] as const,
    };
    const acme = await billedFor(setup, { '': 101 });
    await acme.calls(OTHER_HOUR, { '': 77 });
    expect(figures(await acme.bill('2025-04'))).toEqual([
      [
        'invoice',
        '12.67',
        'usage calls 0.00 tax 0.00',
        'fee fee 8.49 tax 1.61',
        'adjustment of usage calls 2.16 tax 0.41',
      ],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 178 }));
  });

  test('an amount off that was not used up: what comes late is free as far as something of it is left', async () => {
    const setup = { charges: calls(PER_CALL), coupons: [{ amount: '12' }] };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    expect(figures(await acme.bill('2025-04'))).toEqual([
      ['invoice', '3.00', 'usage calls 0.00', 'adjustment of usage calls 3.00'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
  });

  test('tax contained in amounts', async () => {
    const setup = { charges: calls({ model: 'per_unit', unit_amount: '0.0333' }), tax: ['19', true] as const };
    const acme = await billedFor(setup, { '': 101 });
    await acme.calls(OTHER_HOUR, { '': 77 });
    const made = await acme.bill('2025-04');
    expect(figures(made)).toEqual([
      ['invoice', '2.57', 'usage calls 0.00 tax 0.00', 'adjustment of usage calls 2.57 tax 0.41'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 178 }));
  });

  test('a tax that has changed since: what came late has that of its own days', async () => {
    const setup = { charges: calls(PER_CALL), tax: ['19', false] as const };
    const acme = await billedFor(setup, { '': 100 });
    await acme.taxRate('new', '21', false);
    await acme.calls(OTHER_HOUR, { '': 50 });
    await acme.calls('2025-04-02T00:00:00Z', { '': 10 });
    const [invoice] = await acme.bill('2025-04');
    expect(linesOf(invoice as InvoiceDocument)).toEqual([
      'usage calls 1.00 tax 0.21',
      'adjustment of usage calls 5.00 tax 0.95',
    ]);
    expect(invoice?.taxes.map(({ key, base, amount }) => [key, base, amount])).toEqual([
      ['new', '1.00', '0.21'],
      ['vat', '5.00', '0.95'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
  });

  test('a tax that was added then and is contained now: an invoice of its own', async () => {
    const setup = { charges: calls(PER_CALL), tax: ['19', false] as const };
    const acme = await billedFor(setup, { '': 100 });
    await acme.taxRate('new', '21', true);
    await acme.calls(OTHER_HOUR, { '': 50 });
    await acme.calls('2025-04-02T00:00:00Z', { '': 10 });
    expect(figures(await acme.bill('2025-04'))).toEqual([
      ['invoice', '1.00', 'usage calls 1.00 tax 0.17'],
      ['invoice', '5.95', 'adjustment of usage calls 5.00 tax 0.95'],
    ]);
  });

  test('a customer who pays no tax any more: what came late is taxed as it was then', async () => {
    const setup = { charges: calls(PER_CALL), tax: ['19', false] as const };
    const acme = await billedFor(setup, { '': 100 });
    await owner.query("UPDATE customers SET tax_treatment = 'exempt', tax_treatment_reason = 'Charity' WHERE id = $1", [
      acme.customerId,
    ]);
    await acme.calls(OTHER_HOUR, { '': 50 });
    const made = await acme.bill('2025-04');
    expect(figures(made)).toEqual([['invoice', '5.95', 'adjustment of usage calls 5.00 tax 0.95']]);
    expect(made[0]?.tax_treatment).toBe('standard');
  });

  test('an event that is voided, down to what is free: all is given back', async () => {
    const setup = {
      charges: calls({
        model: 'graduated',
        tiers: [
          { up_to: '100', unit_amount: '0' },
          { up_to: null, unit_amount: '1', flat_amount: '5' },
        ],
      }),
      tax: ['20', false] as const,
    };
    const acme = await billedFor(setup, { '': 101 });
    expect(figures(await acme.documents())).toEqual([['invoice', '7.20', 'usage calls 6.00 tax 1.20']]);
    await acme.calls(HOUR, { '': 100 });
    expect(figures(await acme.bill('2025-04'))).toEqual([['credit_note', '-7.20', 'usage calls -6.00 tax -1.20']]);
    expect(await acme.account('2025-03')).toEqual({});
  });

  test('late, but free: nothing is billed, and it is not looked at again', async () => {
    const setup = { charges: calls(PER_CALL, { maximum_amount: '5' }) };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    expect(await acme.bill('2025-04')).toEqual([]);
    const { rows } = await owner.query(
      'SELECT usage_events::integer AS events FROM billed_units WHERE organization_id = $1 ORDER BY service_from',
      [acme.organizationId],
    );
    expect(rows).toEqual([{ events: 150 }, { events: 0 }]);
  });

  test('a month in which nothing had been used was skipped: it falls due again', async () => {
    const setup = { charges: calls(PER_CALL), coupons: [{ percent: '10' }] };
    const acme = await billedFor(setup, {});
    expect(await acme.documents()).toEqual([]);
    await acme.calls(OTHER_HOUR, { '': 50 });
    await acme.calls('2025-04-02T00:00:00Z', { '': 10 });
    expect(figures(await acme.bill('2025-04'))).toEqual([['invoice', '0.90', 'usage calls 0.90']]);
    expect(figures(await acme.bill('2025-03'))).toEqual([['invoice', '4.50', 'usage calls 4.50']]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 50 }));
  });

  test('a group that appears only late, and one that vanishes', async () => {
    const setup = { charges: calls(PER_CALL, { group_by: ['region'] }) };
    const acme = await billedFor(setup, { eu: 100, us: 30 });
    await acme.calls(HOUR, { asia: 70, eu: 100 });
    const made = await acme.bill('2025-04');
    expect(figures(made)).toEqual([
      ['invoice', '7.00', 'usage calls 0.00', 'adjustment of usage calls asia 7.00'],
      ['credit_note', '-3.00', 'usage calls us -3.00'],
    ]);
    const [first] = await acme.documents();
    expect(made[0]?.lines[1]?.of).toEqual({ id: first?.id, number: first?.number });
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { asia: 70, eu: 100 }));
    // And back: the one is given back where it was billed, the other one billed again.
    await acme.calls(HOUR, { eu: 100, us: 30 });
    expect(figures(await acme.bill('2025-05'))).toEqual([
      ['invoice', '3.00', 'usage calls 0.00', 'adjustment of usage calls us 3.00'],
      ['credit_note', '-7.00', 'adjustment of usage calls asia -7.00'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { eu: 100, us: 30 }));
  });

  test('twice late: each time only what is new', async () => {
    const setup = { charges: calls(PER_CALL) };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    await acme.bill('2025-04');
    await acme.calls(OTHER_HOUR, { '': 80 });
    expect(figures(await acme.bill('2025-05'))).toEqual([
      ['invoice', '3.00', 'usage calls 0.00', 'adjustment of usage calls 3.00'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 180 }));
  });

  test('up and then down to where it began: given back on the invoice that billed it', async () => {
    const setup = { charges: calls(PER_CALL), tax: ['19', false] as const };
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 900 });
    const [second] = await acme.bill('2025-04');
    await acme.calls(OTHER_HOUR, {});
    const made = await acme.bill('2025-05');
    expect(figures(made)).toEqual([
      ['credit_note', '-11.90', 'usage calls -10.00 tax -1.90'],
      ['credit_note', '-95.20', 'adjustment of usage calls -80.00 tax -15.20'],
    ]);
    const [first] = await acme.documents();
    expect(made.map(({ corrects }) => corrects?.id)).toEqual([first?.id, second?.id]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 100 }));
  });

  test('a plan that changed in mid month: the part in which it was used, by its own prices', async () => {
    const setup = { charges: calls(VOLUME) };
    const begin = async (made: World) => {
      const other = await made.fixture.plan(made.organizationId, calls(PER_CALL)(made.meterId));
      await made.fixture.change(made.organizationId, made.subscriptionId, { startsOn: '2025-03-16', planId: other });
    };
    const acme = await createWorld(owner, worker, setup);
    await begin(acme);
    await acme.calls(HOUR, { '': 90 });
    await acme.calls(OTHER_HOUR, { '': 90 });
    await acme.bill('2025-03');
    expect(figures(await acme.documents())).toEqual([
      ['invoice', '90.00', 'usage calls 90.00'],
      ['invoice', '9.00', 'usage calls 9.00'],
    ]);
    await acme.calls('2025-03-11T00:00:00Z', { '': 20 });
    await acme.calls('2025-03-30T00:00:00Z', { '': 20 });
    expect(figures(await acme.bill('2025-04'))).toEqual([
      ['invoice', '2.00', 'usage calls 0.00', 'adjustment of usage calls 2.00'],
      ['credit_note', '-35.00', 'usage calls -35.00'],
    ]);
    const once = await createWorld(owner, worker, setup);
    await begin(once);
    await once.calls(HOUR, { '': 110 });
    await once.calls(OTHER_HOUR, { '': 110 });
    await once.bill('2025-03');
    expect(await acme.account('2025-03')).toEqual(await once.account('2025-03'));
  });
});
