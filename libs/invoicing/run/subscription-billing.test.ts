import { describe, expect, test } from '@jest/globals';
import { inOrganization, inTransaction } from '#libs/database/transaction.ts';
import { bill, type ChargeInput } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { each, flat, inAdvance, seats, subscribed } from '#tests/support/subscribed.ts';
import { verifyChain } from '../chain/verify-chain.ts';
import { regenerateInvoice } from '../correct/regenerate-invoice.ts';
import { selectChain } from '../store/select-chain.ts';
import { selectParked } from '../store/select-parked.ts';

/* What a subscription is billed for over its life, from rows to documents. Fees of 31.00 a month make a day of March cost 1.00. */

const at = await billingDatabase();
const { owner, worker, fixture } = at;

describe('in advance', () => {
  test('a fee falls due with the beginning of its period and meets the usage of the one before', async () => {
    const one = await subscribed(
      at,
      (meterId) => [inAdvance('fee', '31'), { key: 'calls', meterId, price: each('0.5') }],
      {
        startsOn: '2025-02-15',
      },
    );
    await one.usage('2025-02-20', '4');
    await one.bill('2025-02-14', '2025-03-01');
    expect(await one.documents()).toEqual([
      '15.50: fee 02-15/03-01 15.50',
      '33.00: calls 02-15/03-01 2.00, fee 03-01/04-01 31.00',
    ]);
  });

  test('from an anniversary on the 31st', async () => {
    const one = await subscribed(at, () => [inAdvance('fee', '31')], { startsOn: '2025-01-31', anchor: '2025-01-31' });
    await one.bill('2025-01-30', '2025-03-31');
    expect(await one.documents()).toEqual([
      '31.00: fee 01-31/02-28 31.00',
      '31.00: fee 02-28/03-31 31.00',
      '31.00: fee 03-31/04-30 31.00',
    ]);
  });

  test('with a known end only up to it', async () => {
    const one = await subscribed(at, () => [inAdvance('fee', '31')], { startsOn: '2025-03-01', endsOn: '2025-03-11' });
    await one.bill('2025-02-28', '2025-04-01');
    expect(await one.documents()).toEqual(['10.00: fee 03-01/03-11 10.00']);
  });
});

describe('what was billed in advance and is not used', () => {
  test('is credited on its invoice when the plan changes; usage and fees split at the same midnight', async () => {
    const one = await subscribed(
      at,
      (meterId) => [inAdvance('fee', '31'), { key: 'calls', meterId, price: each('1') }],
      {
        startsOn: '2025-03-01',
      },
    );
    await one.bill('2025-02-28', '2025-03-01');
    await one.usage('2025-03-10', '3');
    await one.usage('2025-03-11', '50');
    await one.change({ startsOn: '2025-03-11', planId: await one.newPlan([inAdvance('fee', '62')]) });
    await one.bill('2025-03-01', '2025-03-11');
    expect(await one.documents()).toEqual([
      '31.00: fee 03-01/04-01 31.00',
      // 21 days at 2.00; the third call on is another plan's, which bills none.
      '45.00: calls 03-01/03-11 3.00, fee 03-11/04-01 42.00',
      'credit -21.00: fee 03-11/04-01 -21.00',
    ]);
    await one.bill('2025-02-28', '2025-03-31');
    expect(await one.documents()).toHaveLength(3);
    const { rows } = await owner.query(
      `SELECT amount::text, service_to FROM billed_units WHERE organization_id = $1 AND kind = 'fee' ORDER BY service_from`,
      [one.organizationId],
    );
    expect(rows).toEqual([
      { amount: '10.00', service_to: new Date('2025-03-11T00:00:00Z') },
      { amount: '42.00', service_to: new Date('2025-04-01T00:00:00Z') },
    ]);
    for (const series of ['invoice', 'credit_note'] as const)
      expect(
        verifyChain(await inTransaction(owner, (tx) => selectChain(tx, one.organizationId, series, { limit: 10 }))),
      ).toMatchObject({ ok: true });
  });

  test('names the invoice and the days, and that invoice is not voided on top', async () => {
    const one = await subscribed(at, () => [inAdvance('fee', '10', { name: 'Base' })], { startsOn: '2025-03-01' });
    await one.bill('2025-02-28', '2025-03-01');
    await one.end('2025-03-21');
    await one.bill('2025-03-01', '2025-03-31');
    const [note, invoice] = await fixture.documents(one.organizationId);
    expect(note.document).toMatchObject({
      kind: 'credit_note',
      corrects: { id: invoice.id, number: invoice.number, reason: 'Not used from 2025-03-21 on' },
      period: { from: '2025-03-21', to: '2025-04-01' },
      // 10 × 11 ÷ 31 = 3.5483…
      total: '-3.55',
      lines: [{ description: 'Base', steps: [{ rule: 'unused', quantity: '11', per: '31' }] }],
    });
    const request = { organizationId: one.organizationId, reason: 'x', requestedBy: 'test', clock: Date.now };
    expect(
      await inOrganization(owner, one.organizationId, () =>
        regenerateInvoice(worker, { ...request, invoiceId: invoice.id }),
      ),
    ).toMatchObject({ status: 'credited', creditNotes: [note.number] });
  });

  test('is credited on the invoice that bills it by then, should the old one be voided in the meantime', async () => {
    const one = await subscribed(at, () => [inAdvance('fee', '31')], { startsOn: '2025-03-01' });
    await one.bill('2025-02-28', '2025-03-01');
    await one.end('2025-03-11');
    const [old] = await fixture.documents(one.organizationId);
    let issuedAnew = 0;
    const run = await bill(
      owner,
      worker,
      one.organizationId,
      {
        async checkpoint(step) {
          if (step !== 'collected' || issuedAnew > 0) return;
          issuedAnew += 1;
          const request = { organizationId: one.organizationId, reason: 'x', requestedBy: 'test', clock: Date.now };
          expect(await regenerateInvoice(worker, { ...request, invoiceId: old.id })).toMatchObject({
            status: 'regenerated',
          });
        },
      },
      { endsAfter: '2025-03-01', endsUntil: '2025-03-31' },
    );
    expect([issuedAnew, run.state]).toEqual([1, 'completed']);
    expect(await one.documents()).toEqual([
      '31.00: fee 03-01/04-01 31.00',
      '31.00: fee 03-01/04-01 31.00',
      'credit -31.00: fee 03-01/04-01 -31.00',
      'credit -21.00: fee 03-11/04-01 -21.00',
    ]);
    const documents = await fixture.documents(one.organizationId);
    expect(documents[1].corrects_id).toBe(documents[3].id);
  });

  test('seats that are added or taken change the seats only: fee and tiers go on', async () => {
    const tiers = [
      { up_to: '10', unit_amount: '1' },
      { up_to: null, unit_amount: '0' },
    ];
    const one = await subscribed(
      at,
      (meterId) => [
        inAdvance('fee', '31'),
        seats('31', { billing: 'in_advance' }),
        { key: 'calls', meterId, price: { model: 'graduated', tiers } },
      ],
      { startsOn: '2025-03-01', quantities: { seats: '5' } },
    );
    await one.bill('2025-02-28', '2025-03-01');
    await one.change({ startsOn: '2025-03-11', quantities: { seats: '8' } });
    await one.usage('2025-03-02', '8');
    await one.usage('2025-03-20', '8');
    await one.bill('2025-03-01', '2025-03-31');
    expect(await one.documents()).toEqual([
      '186.00: fee 03-01/04-01 31.00, seats 03-01/04-01 155.00',
      '168.00: seats 03-11/04-01 168.00',
      'credit -105.00: seats 03-11/04-01 -105.00',
    ]);
    await one.bill('2025-03-31', '2025-04-01');
    // One month of usage is one stretch: 10 calls of 16 cost something.
    expect((await one.documents())[2]).toMatch(/calls 03-01\/04-01 10.00, fee 04-01\/05-01 31.00, seats .* 248.00/);
  });

  test('is nothing where a fee is not prorated: it stays billed to the end of its period', async () => {
    const one = await subscribed(at, () => [inAdvance('fee', '31', { prorate: false })], { startsOn: '2025-03-11' });
    await one.bill('2025-03-10', '2025-03-11');
    await one.end('2025-03-21');
    await one.bill('2025-03-11', '2025-04-01');
    expect(await one.documents()).toEqual(['31.00: fee 03-11/04-01 31.00']);
  });

  test('is all of it when the change comes on the very first day', async () => {
    const one = await subscribed(at, () => [inAdvance('fee', '31')], { startsOn: '2025-03-01' });
    await one.bill('2025-02-28', '2025-03-01');
    await one.change({ startsOn: '2025-03-01', planId: await one.newPlan([inAdvance('fee', '62')]) });
    await one.bill('2025-02-28', '2025-03-01');
    expect(await one.documents()).toEqual([
      '31.00: fee 03-01/04-01 31.00',
      '62.00: fee 03-01/04-01 62.00',
      'credit -31.00: fee 03-01/04-01 -31.00',
    ]);
  });
});

test('a pause stops fees; its usage is recorded and never billed', async () => {
  const one = await subscribed(at, (meterId) => [inAdvance('fee', '31'), { key: 'calls', meterId, price: each('1') }], {
    startsOn: '2025-03-01',
  });
  await one.bill('2025-02-28', '2025-03-01');
  await one.change({ startsOn: '2025-03-11', paused: true });
  await one.change({ startsOn: '2025-03-21', paused: false });
  for (const [day, total] of [
    ['2025-03-05', '1'],
    ['2025-03-15', '100'],
    ['2025-03-25', '2'],
  ] as const)
    await one.usage(day, total);
  await one.bill('2025-03-01', '2025-03-31');
  await one.bill('2025-03-31', '2025-04-01');
  expect(await one.documents()).toEqual([
    '31.00: fee 03-01/04-01 31.00',
    '1.00: calls 03-01/03-11 1.00',
    '11.00: fee 03-21/04-01 11.00',
    '33.00: calls 03-21/04-01 2.00, fee 04-01/05-01 31.00',
    'credit -21.00: fee 03-11/04-01 -21.00',
  ]);
});

test('a pause that is taken back on its day, after its credit, is billed again for the rest', async () => {
  const one = await subscribed(at, () => [inAdvance('fee', '31')], { startsOn: '2025-03-01' });
  await one.bill('2025-02-28', '2025-03-01');
  await one.change({ startsOn: '2025-03-11', paused: true });
  await one.bill('2025-03-10', '2025-03-11');
  await one.change({ startsOn: '2025-03-11', paused: false });
  await one.bill('2025-03-10', '2025-03-11');
  expect(await one.documents()).toEqual([
    '31.00: fee 03-01/04-01 31.00',
    '21.00: fee 03-11/04-01 21.00',
    'credit -21.00: fee 03-11/04-01 -21.00',
  ]);
});

test('what is charged once is charged on the first day, and not again by a plan that has it too', async () => {
  const setup: ChargeInput = { key: 'setup', price: flat('99'), terms: { billing: 'once' } };
  const one = await subscribed(at, () => [setup], { startsOn: '2025-03-11' });
  await one.change({ startsOn: '2025-03-21', planId: await one.newPlan([setup, inAdvance('fee', '31')]) });
  await one.bill('2025-03-01', '2025-06-01');
  expect((await one.documents())[0]).toBe('99.00: setup 03-11/03-12 99.00');
  expect((await one.documents()).filter((text) => text.includes('setup'))).toHaveLength(1);
});

describe('seats', () => {
  test('in arrears are shared by the days that each number was there', async () => {
    const one = await subscribed(at, () => [seats('3.1')], { startsOn: '2025-03-01', quantities: { seats: '5' } });
    await one.change({ startsOn: '2025-03-11', quantities: { seats: '10' } });
    await one.bill('2025-03-01', '2025-04-01');
    expect(await one.documents()).toEqual(['5.00: seats 03-01/03-11 5.00', '21.00: seats 03-11/04-01 21.00']);
  });

  test('without a number park the customer', async () => {
    const one = await subscribed(at, () => [seats('3')], { startsOn: '2025-03-01' });
    const run = await bill(owner, worker, one.organizationId);
    const parked = await inTransaction(owner, (tx) => selectParked(tx, one.organizationId, run.id));
    expect(parked).toMatchObject([{ code: 'missing_quantity', detail: expect.stringContaining('"seats"') }]);
  });
});

test('a yearly plan bills its fee in advance and its usage every month', async () => {
  const one = await subscribed(
    at,
    (meterId) => [inAdvance('fee', '365'), { key: 'calls', meterId, price: each('1'), terms: { every: 'month' } }],
    { startsOn: '2025-01-01' },
    { interval: 'year' },
  );
  await one.usage('2025-02-10', '7');
  await one.bill('2024-12-31', '2025-03-01');
  expect(await one.documents()).toEqual([
    // January's calls came to nothing: their document is not made, and they count as billed.
    '365.00: fee 01-01/01-01 365.00',
    '7.00: calls 02-01/03-01 7.00',
  ]);
});

test('overrides stand for what the plan says, for this subscription', async () => {
  const one = await subscribed(at, () => [inAdvance('fee', '31')], { startsOn: '2025-03-01' });
  await one.change({ startsOn: '2025-03-01', overrides: { fee: { price: flat('20'), discount_percent: '50' } } });
  await one.bill('2025-02-28', '2025-03-01');
  expect(await one.documents()).toEqual(['10.00: fee 03-01/04-01 10.00']);
});

test('in another currency it pays the price that names that currency', async () => {
  const prices = { EUR: flat('31'), JPY: flat('5000') };
  const one = await subscribed(at, () => [{ key: 'fee', price: {}, terms: { price: undefined, prices } }], {
    startsOn: '2025-03-01',
  });
  await owner.query("UPDATE subscriptions SET currency = 'JPY' WHERE id = $1", [one.id]);
  await one.bill('2025-03-01', '2025-04-01');
  expect(await one.documents()).toEqual(['5000: fee 03-01/04-01 5000']);
});

test.each([
  ['week', '2025-03-03', '2025-03-10', '03-05/03-10 22.14'],
  ['day', '2025-03-04', '2025-03-06', '03-05/03-06 31.00'],
  ['quarter', '2025-03-31', '2025-04-01', '03-05/04-01 9.30'],
  ['year', '2025-12-31', '2026-01-01', '03-05/01-01 25.65'],
])('a fee of 31.00 a %s is shared by its days', async (interval, endsAfter, endsUntil, line) => {
  const one = await subscribed(at, () => [{ key: 'fee', price: flat('31') }], { startsOn: '2025-03-05' }, { interval });
  await one.bill(endsAfter, endsUntil);
  expect((await one.documents())[0]).toContain(`fee ${line}`);
});
