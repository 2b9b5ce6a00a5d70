import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { type Calls, createWorld, linesOf, type World, type WorldSetup } from '#tests/support/late.ts';
import { regenerateInvoice } from '../correct/regenerate-invoice.ts';
import { voidInvoice } from '../correct/void-invoice.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/*
 * Usage that comes late, over simulated months: each scenario says what every document bills, and that together they bill what one invoice
 * in time would have billed. That one is made in a world of its own, where all usage was there when March was billed.
 */

const { owner, worker } = await billingDatabase();

const HOUR = '2025-03-10T12:00:00Z';
const OTHER_HOUR = '2025-03-31T23:00:00Z';

const world = (setup: WorldSetup) => createWorld(owner, worker, setup);

/** A seller whose customer used this in time. */
async function billedFor(setup: WorldSetup, calls: Calls): Promise<World> {
  const made = await world(setup);
  await made.calls(HOUR, calls);
  await made.bill('2025-03');
  return made;
}

/** What March comes to when it is billed once. */
async function inTime(setup: WorldSetup, calls: Calls): Promise<Record<string, string>> {
  return (await billedFor(setup, calls)).account('2025-03');
}

const calls =
  (price: unknown, terms: Readonly<Record<string, unknown>> = {}) =>
  (meterId: number) => [{ key: 'calls', meterId, price, terms }];

const PER_CALL = { model: 'per_unit', unit_amount: '0.10' };
const VOLUME = {
  model: 'volume',
  tiers: [
    { up_to: '100', unit_amount: '1' },
    { up_to: null, unit_amount: '0.5' },
  ],
};

const figures = (documents: readonly InvoiceDocument[]) =>
  documents.map((document) => [document.kind, document.total, ...linesOf(document)]);

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
    const acme = await world(setup);
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
    const once = await world(setup);
    await begin(once);
    await once.calls(HOUR, { '': 110 });
    await once.calls(OTHER_HOUR, { '': 110 });
    await once.bill('2025-03');
    expect(await acme.account('2025-03')).toEqual(await once.account('2025-03'));
  });
});

describe('where no invoice is due soon', () => {
  const setup = { charges: calls(PER_CALL), endsOn: '2025-04-01' };

  test('a subscription that was cancelled: an invoice of its own', async () => {
    const acme = await billedFor(setup, { '': 100 });
    await owner.query('UPDATE subscriptions SET due_from = NULL WHERE id = $1', [acme.subscriptionId]);
    await acme.calls(OTHER_HOUR, { '': 50 });
    expect(figures(await acme.bill('2025-04'))).toEqual([]);
    const made = await acme.look('2025-04-03');
    expect(figures(made)).toEqual([['invoice', '5.00', 'adjustment of usage calls 5.00']]);
    expect(made[0]).toMatchObject({ period: { from: '2025-03-01', to: '2025-04-01' }, issue_date: '2025-04-03' });
    expect(await acme.look('2025-04-04')).toEqual([]);
    // And a credit note needs no invoice at all.
    await acme.calls(OTHER_HOUR, {});
    expect(figures(await acme.look('2025-04-05'))).toEqual([['credit_note', '-5.00', 'usage calls -5.00']]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 100 }));
  });

  test('who has an invoice due within 35 days waits for it, unless asked for', async () => {
    const acme = await billedFor({ charges: calls(PER_CALL) }, { '': 100 });
    await owner.query("UPDATE subscriptions SET due_from = '2025-05-01' WHERE id = $1", [acme.subscriptionId]);
    await acme.calls(OTHER_HOUR, { '': 50 });
    expect(await acme.look('2025-04-03')).toEqual([]);
    expect(figures(await acme.look('2025-04-03', { alone: true }))).toEqual([
      ['invoice', '5.00', 'adjustment of usage calls 5.00'],
    ]);
    expect(await acme.bill('2025-04')).toEqual([]);
  });

  test('only services that ended in the time looked at', async () => {
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    expect(await acme.look('2025-04-03', { since: '2025-04-02', alone: true })).toEqual([]);
  });
});

describe('with an invoice that is issued anew', () => {
  const setup = { charges: calls(PER_CALL), tax: ['19', false] as const, coupons: [{ percent: '10' }] };
  const regenerate = async (acme: World, invoice: InvoiceDocument | undefined, on: string) => {
    const result = await regenerateInvoice(worker, {
      organizationId: acme.organizationId,
      invoiceId: invoice?.id as string,
      reason: 'wrong address',
      requestedBy: 'test',
      clock: () => Date.parse(`${on}T06:00:00Z`),
    });
    if (result.status !== 'regenerated') throw new Error(JSON.stringify(result));
    return result.invoice.document;
  };

  test('by the discounts and taxes it had, whatever they are now', async () => {
    const acme = await billedFor(setup, { '': 100 });
    await acme.taxRate('new', '21', false);
    await owner.query('UPDATE discounts SET ends_on = starts_on WHERE organization_id = $1', [acme.organizationId]);
    await acme.calls(OTHER_HOUR, { '': 50 });
    const [first] = await acme.documents();
    const again = await regenerate(acme, first, '2025-04-02');
    expect(again.replaces).toEqual({ id: first?.id, number: first?.number });
    expect(figures([again])).toEqual([['invoice', '16.07', 'usage calls 13.50 tax 2.57']]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
  });

  test('late for the new one', async () => {
    const acme = await billedFor(setup, { '': 100 });
    await regenerate(acme, (await acme.documents())[0], '2025-04-02');
    await acme.calls(OTHER_HOUR, { '': 50 });
    expect(figures(await acme.bill('2025-04'))).toEqual([
      ['invoice', '5.36', 'usage calls 0.00 tax 0.00', 'adjustment of usage calls 4.50 tax 0.86'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
  });

  test('what another invoice adjusts of its period stays there, and is taken off', async () => {
    const acme = await billedFor(setup, { '': 100 });
    const [first] = await acme.documents();
    await acme.calls(OTHER_HOUR, { '': 50 });
    const [second] = await acme.bill('2025-04');
    await acme.calls(OTHER_HOUR, { '': 70 });
    const again = await regenerate(acme, first, '2025-05-02');
    expect(figures([again])).toEqual([
      ['invoice', '12.85', 'usage calls 15.30 tax 2.91', 'adjustment of usage calls -4.50 tax -0.86'],
    ]);
    expect(again.lines[1]).toMatchObject({ of: { id: second?.id, position: 2 } });
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 170 }));
    // Late once more, up and down.
    await acme.calls(OTHER_HOUR, { '': 90 });
    await acme.bill('2025-05');
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 190 }));
    await acme.calls(OTHER_HOUR, {});
    await acme.bill('2025-06');
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 100 }));
  });

  test('where another invoice billed more of its period than there is, the rest is given back there', async () => {
    const acme = await billedFor(setup, { '': 10 });
    const [first] = await acme.documents();
    await acme.calls(OTHER_HOUR, { '': 90 });
    const [second] = await acme.bill('2025-04');
    await acme.calls(OTHER_HOUR, { '': 20 });
    const again = await regenerate(acme, first, '2025-05-02');
    expect(again.total).toBe('0.00');
    const note = (await acme.documents()).find(({ corrects }) => corrects?.id === second?.id);
    expect(note?.corrects?.late).toBe(true);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 30 }));
  });

  test('an invoice that adjusts an earlier one goes on doing so', async () => {
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    await acme.calls('2025-04-02T00:00:00Z', { '': 10 });
    const [second] = await acme.bill('2025-04');
    const again = await regenerate(acme, second, '2025-05-02');
    expect(linesOf(again)).toEqual(linesOf(second as InvoiceDocument));
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
    await acme.calls(OTHER_HOUR, { '': 40 });
    expect(figures(await acme.bill('2025-05'))).toEqual([['credit_note', '-1.08', 'usage calls -0.90 tax -0.18']]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 140 }));
  });
});

describe('with an invoice that is voided', () => {
  const setup = { charges: calls(PER_CALL), tax: ['19', false] as const };
  const voidIt = async (acme: World, invoice: InvoiceDocument | undefined, billAgain: boolean) => {
    const result = await voidInvoice(worker, {
      organizationId: acme.organizationId,
      invoiceId: invoice?.id as string,
      reason: 'wrong',
      requestedBy: 'test',
      billAgain,
      clock: () => Date.parse('2025-05-02T06:00:00Z'),
    });
    expect(result.status).toBe('voided');
  };
  const adjusted = async () => {
    const acme = await billedFor(setup, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    await acme.bill('2025-04');
    return acme;
  };

  test('to be billed again: less what another one adjusts of it', async () => {
    const acme = await adjusted();
    await voidIt(acme, (await acme.documents())[0], true);
    const later = { clock: () => Date.parse('2025-05-03T06:00:00Z') };
    const made = await acme.bill('2025-03', later);
    expect(figures(made)).toEqual([
      ['invoice', '11.90', 'usage calls 15.00 tax 2.85', 'adjustment of usage calls -5.00 tax -0.95'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
    await acme.calls(OTHER_HOUR, {});
    await acme.bill('2025-05');
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 100 }));
  });

  test('an adjustment to be billed again: it is late once more', async () => {
    const acme = await adjusted();
    await voidIt(acme, (await acme.documents())[1], true);
    expect(figures(await acme.bill('2025-05'))).toEqual([
      ['invoice', '5.95', 'usage calls 0.00 tax 0.00', 'adjustment of usage calls 5.00 tax 0.95'],
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime(setup, { '': 150 }));
  });

  test('for good: it stays settled, whatever comes', async () => {
    const acme = await billedFor(setup, { '': 100 });
    await voidIt(acme, (await acme.documents())[0], false);
    await acme.calls(OTHER_HOUR, { '': 50 });
    expect(await acme.bill('2025-05')).toEqual([]);
    expect(await acme.account('2025-03')).toEqual({});
  });
});

describe('at once', () => {
  test('several looks and a run of the next month: billed exactly once', async () => {
    const acme = await billedFor({ charges: calls(PER_CALL) }, { '': 100 });
    await acme.calls(OTHER_HOUR, { '': 50 });
    await Promise.all([
      acme.look('2025-05-01', { alone: true }),
      acme.look('2025-05-01', { alone: true }),
      acme.bill('2025-04'),
      acme.look('2025-05-01', { alone: true }),
    ]);
    expect(await acme.account('2025-03')).toEqual(await inTime({ charges: calls(PER_CALL) }, { '': 150 }));
    const lines = (await acme.documents()).flatMap(linesOf);
    // April's own line of zero stands beside it if the run came first.
    expect(lines.filter((line) => line !== 'usage calls 0.00').sort()).toEqual([
      'adjustment of usage calls 5.00',
      'usage calls 10.00',
    ]);
  });
});

test('whatever comes, and whenever anyone looks, March comes to one invoice over all of it', async () => {
  const setup = {
    charges: calls(VOLUME, { group_by: ['region'], minimum_amount: '60', maximum_amount: '150' }),
    minimumAmount: '80',
    tax: ['19', false] as const,
    coupons: [{ percent: '12.5' }],
  };
  const used = fc.dictionary(fc.constantFrom('eu', 'us', 'asia'), fc.integer({ min: 1, max: 250 }));
  const history = fc.array(fc.tuple(used, fc.boolean()), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(used, history, async (first, rest) => {
      const acme = await billedFor(setup, first);
      for (const [index, [next, isRun]] of rest.entries()) {
        await acme.calls(HOUR, next);
        if (isRun) await acme.bill(`2025-0${index + 4}`);
        else await acme.look(`2025-0${index + 5}-01`, { alone: true });
        expect(await acme.account('2025-03')).toEqual(await inTime(setup, next));
      }
    }),
    { numRuns: 4, endOnFailure: true },
  );
});
