import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { calls, figures, HOUR, lateSellers, linesOf, OTHER_HOUR, PER_CALL, type World } from '#tests/support/late.ts';
import { regenerateInvoice } from '../correct/regenerate-invoice.ts';
import { voidInvoice } from '../correct/void-invoice.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/* Late usage of months whose invoices are far off, issued anew or voided, and looked for by several at once. */

const { owner, worker } = await billingDatabase();
const { billedFor, inTime } = lateSellers(owner, worker);

const VOLUME = {
  model: 'volume',
  tiers: [
    { up_to: '100', unit_amount: '1' },
    { up_to: null, unit_amount: '0.5' },
  ],
};

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
