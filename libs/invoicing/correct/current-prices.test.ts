import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChargeInput } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { type Calls, createWorld, linesOf, type World, type WorldSetup } from '#tests/support/late.ts';
import { type NextVersion, nextVersion } from '#tests/support/next-version.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { previewRegenerate, regenerateInvoice } from './regenerate-invoice.ts';

/*
 * Invoices issued anew by the prices of now. Whatever comes after it, what stands is what one invoice at these prices over all usage would
 * be: that one is made in a world of its own, whose plan had the new prices from the beginning.
 */

const { owner, worker } = await billingDatabase();

const HOUR = '2025-03-10T12:00:00Z';
const PER_CALL = { model: 'per_unit', unit_amount: '0.10' };
const flat = (amount: string) => ({ model: 'flat', amount });

async function billedFor(setup: WorldSetup, calls: Calls): Promise<World> {
  const made = await createWorld(owner, worker, setup);
  await made.calls(HOUR, calls);
  await made.bill('2025-03');
  return made;
}

const inTime = async (setup: WorldSetup, calls: Calls) => (await billedFor(setup, calls)).account('2025-03');

const requestFor = (acme: World, invoice: InvoiceDocument | undefined, on: string, prices?: 'current') => ({
  organizationId: acme.organizationId,
  invoiceId: invoice?.id as string,
  reason: 'wrong prices',
  requestedBy: 'test',
  prices,
  clock: () => Date.parse(`${on}T06:00:00Z`),
});

async function regenerate(...asked: Parameters<typeof requestFor>): Promise<InvoiceDocument> {
  const result = await regenerateInvoice(worker, requestFor(...asked));
  if (result.status !== 'regenerated') throw new Error(JSON.stringify(result));
  return result.invoice.document;
}

const first = async (acme: World) => (await acme.documents())[0];

/** A fee in arrears and calls at these prices. */
const charges =
  (calls: unknown, fee = '5', terms: ChargeInput['terms'] = {}) =>
  (meterId: number): ChargeInput[] => [
    { key: 'calls', meterId, price: calls, terms: terms ?? {} },
    { key: 'fee', price: flat(fee), terms: { billing: 'in_arrears' } },
  ];

describe('an invoice issued anew by current prices', () => {
  const old: WorldSetup = { charges: charges(PER_CALL), tax: ['19', false], coupons: [{ percent: '10' }] };
  const wanted: WorldSetup = { ...old, charges: charges({ model: 'per_unit', unit_amount: '0.07' }, '8') };
  const repriced = async (calls: Calls) => {
    const acme = await billedFor(old, calls);
    const planId = await nextVersion(owner, acme.planId, { charges: wanted.charges(acme.meterId) });
    return { acme, planId };
  };

  test('has them on fees and on usage, tells whose they are, and keeps discounts and taxes', async () => {
    const { acme, planId } = await repriced({ '': 100 });
    const again = await regenerate(acme, await first(acme), '2025-04-02', 'current');
    expect(linesOf(again)).toEqual(['usage calls 6.30 tax 1.20', 'fee fee 7.20 tax 1.37']);
    const pricedBy = { id: planId, plan: `plan-${acme.planId}`, version: 2 };
    expect(again.lines.map((line) => line.priced_by)).toEqual([pricedBy, pricedBy]);
    expect(await acme.account('2025-03')).toEqual(await inTime(wanted, { '': 100 }));
  });

  test('without prices it keeps those it had, whatever is current', async () => {
    const { acme } = await repriced({ '': 100 });
    const again = await regenerate(acme, await first(acme), '2025-04-02');
    expect(linesOf(again)).toEqual(linesOf((await first(acme)) as InvoiceDocument));
    expect(again.lines.some((line) => line.priced_by)).toBe(false);
    await acme.calls(HOUR, { '': 150 });
    await acme.bill('2025-04');
    expect(await acme.account('2025-03')).toEqual(await inTime(old, { '': 150 }));
  });

  test('usage that comes later has them, too; issued anew without prices it stays with them', async () => {
    const { acme } = await repriced({ '': 100 });
    const again = await regenerate(acme, await first(acme), '2025-04-02', 'current');
    await acme.calls(HOUR, { '': 150 });
    const [next] = await acme.bill('2025-04');
    const late = next?.lines.find(({ kind }) => kind === 'adjustment');
    expect(late).toMatchObject({ amount: '3.15', priced_by: { version: 2 } });
    expect(await acme.account('2025-03')).toEqual(await inTime(wanted, { '': 150 }));
    // A later version is not asked for.
    await nextVersion(owner, acme.planId, { charges: charges({ model: 'per_unit', unit_amount: '9' })(acme.meterId) });
    const third = await regenerate(acme, again, '2025-05-02');
    expect(third.lines[0]).toMatchObject({ priced_by: { version: 2 } });
    await acme.calls(HOUR, { '': 120 });
    await acme.bill('2025-05');
    expect(await acme.account('2025-03')).toEqual(await inTime(wanted, { '': 120 }));
  });

  test('what comes less is credited at them', async () => {
    const { acme } = await repriced({ '': 100 });
    await regenerate(acme, await first(acme), '2025-04-02', 'current');
    await acme.calls(HOUR, { '': 60 });
    const made = await acme.bill('2025-04');
    expect(made.map(({ kind }) => kind)).toEqual(['invoice', 'credit_note']);
    expect(made[1]?.lines[0]).toMatchObject({ amount: '-2.80', priced_by: { version: 2 } });
    expect(await acme.account('2025-03')).toEqual(await inTime(wanted, { '': 60 }));
  });

  test('what another invoice adjusts of its period at old prices is taken off, or given back there', async () => {
    const { acme } = await repriced({ '': 100 });
    await acme.calls(HOUR, { '': 400 });
    await acme.bill('2025-04');
    await regenerate(acme, await first(acme), '2025-05-02', 'current');
    expect(await acme.account('2025-03')).toEqual(await inTime(wanted, { '': 400 }));
    await acme.calls(HOUR, { '': 30 });
    await acme.bill('2025-05');
    expect(await acme.account('2025-03')).toEqual(await inTime(wanted, { '': 30 }));
  });

  test('the next month is billed by the plan of the subscription', async () => {
    const { acme } = await repriced({ '': 100 });
    await regenerate(acme, await first(acme), '2025-04-02', 'current');
    const [next] = await acme.bill('2025-04');
    expect(linesOf(next as InvoiceDocument)).toEqual(['usage calls 0.00 tax 0.00', 'fee fee 4.50 tax 0.86']);
    expect(next?.lines.some((line) => line.priced_by)).toBe(false);
  });

  test('overrides of the subscription stay in force', async () => {
    const acme = await createWorld(owner, worker, old);
    await acme.fixture.change(acme.organizationId, acme.subscriptionId, {
      startsOn: '2025-02-01',
      overrides: { calls: { price: { model: 'per_unit', unit_amount: '0.01' } } },
    });
    await acme.calls(HOUR, { '': 100 });
    await acme.bill('2025-03');
    await nextVersion(owner, acme.planId, { charges: wanted.charges(acme.meterId) });
    const again = await regenerate(acme, await first(acme), '2025-04-02', 'current');
    expect(linesOf(again)).toEqual(['usage calls 0.90 tax 0.17', 'fee fee 7.20 tax 1.37']);
  });

  test('each part of a period has the current version of the plan that it had then', async () => {
    const acme = await createWorld(owner, worker, old);
    const other = await acme.fixture.plan(acme.organizationId, charges(PER_CALL, '31')(acme.meterId));
    await acme.fixture.change(acme.organizationId, acme.subscriptionId, { startsOn: '2025-03-16', planId: other });
    await acme.calls(HOUR, { '': 100 });
    await acme.bill('2025-03');
    await nextVersion(owner, acme.planId, { charges: wanted.charges(acme.meterId) });
    await nextVersion(owner, other, { charges: charges(PER_CALL, '62')(acme.meterId) });
    const told: unknown[] = [];
    for (const invoice of await acme.documents()) {
      const { lines } = await regenerate(acme, invoice, '2025-04-02', 'current');
      told.push(...lines.map(({ amount, priced_by: by }) => [by?.plan, amount]));
    }
    expect(told.sort()).toEqual(
      [
        [`plan-${acme.planId}`, '7.00'],
        [`plan-${acme.planId}`, '3.87'],
        [`plan-${other}`, '0.00'],
        [`plan-${other}`, '32.00'],
      ].sort(),
    );
  });

  test('the minimum of a plan: another one, and none', async () => {
    for (const [before, after] of [
      ['30', '50'],
      ['30', undefined],
    ] as const) {
      const setup = { ...old, minimumAmount: before };
      const acme = await billedFor(setup, { '': 100 });
      await nextVersion(owner, acme.planId, { charges: wanted.charges(acme.meterId), minimumAmount: after });
      await regenerate(acme, await first(acme), '2025-04-02', 'current');
      await acme.calls(HOUR, { '': 130 });
      await acme.bill('2025-04');
      const should = { ...wanted, ...(after && { minimumAmount: after }) };
      expect(await acme.account('2025-03')).toEqual(await inTime(should, { '': 130 }));
    }
  });

  test('a fee in advance at a new price is credited at it when the subscription ends', async () => {
    const advance = (fee: string) => () => [{ key: 'fee', price: flat(fee), terms: { billing: 'in_advance' } }];
    const acme = await createWorld(owner, worker, { charges: advance('31') });
    await acme.bill('2025-03');
    await nextVersion(owner, acme.planId, { charges: advance('60')() });
    const of = async () => (await acme.documents()).at(-1);
    const again = await regenerate(acme, await of(), '2025-04-02', 'current');
    expect(again.total).toBe('60.00');
    await owner.query(`UPDATE subscriptions SET ends_on = '2025-04-16', due_from = '2025-04-02' WHERE id = $1`, [
      acme.subscriptionId,
    ]);
    const [note] = await acme.bill('2025-04');
    expect(note).toMatchObject({ kind: 'credit_note', total: '-30.00', corrects: { id: again.id } });
  });
});

test('the minimum of a plan on another invoice, which counts what was issued anew, is corrected when somebody looks', async () => {
  const at = (fee: string) => (meterId: number) => [
    { key: 'calls', meterId, price: PER_CALL },
    { key: 'fee', price: flat(fee), terms: { billing: 'in_advance' } },
  ];
  const acme = await createWorld(owner, worker, { charges: at('10'), minimumAmount: '50', tax: ['19', false] });
  await acme.calls('2025-04-10T12:00:00Z', { '': 100 });
  const [march] = await acme.bill('2025-03');
  const [april] = await acme.bill('2025-04');
  const minimum = (document: InvoiceDocument | undefined) =>
    document?.lines.find(({ kind }) => kind === 'commitment')?.amount;
  expect(minimum(april)).toBe('30.00');
  await nextVersion(owner, acme.planId, { charges: at('25')(acme.meterId), minimumAmount: '50' });
  const again = await regenerate(acme, march, '2025-05-02', 'current');
  const [note, ...rest] = await acme.look('2025-05-03', { alone: true });
  expect([note?.kind, note?.total, note?.corrects?.id, rest]).toEqual(['credit_note', '-17.85', april?.id, []]);
  // Once and for all.
  expect(await acme.look('2025-05-04', { alone: true })).toEqual([]);
  // And up again.
  await nextVersion(owner, acme.planId, { charges: at('5')(acme.meterId), minimumAmount: '50' });
  await regenerate(acme, again, '2025-05-05', 'current');
  const [more] = await acme.look('2025-05-06', { alone: true });
  expect(linesOf(more as InvoiceDocument)).toEqual(['adjustment of commitment plan 20.00 tax 3.80']);
  expect(await acme.look('2025-05-07', { alone: true })).toEqual([]);
  // At the same prices nothing changes.
  await regenerate(
    acme,
    (await acme.documents()).find(({ replaces }) => replaces?.id === again.id),
    '2025-05-08',
  );
  expect(await acme.look('2025-05-09', { alone: true })).toEqual([]);
  const { rows } = await owner.query(
    "SELECT usage_digest FROM billed_units WHERE organization_id = $1 AND kind = 'commitment' AND usage_digest IS NOT NULL",
    [acme.organizationId],
  );
  expect(rows).toEqual([]);
});

describe('is refused, telling all that is in the way', () => {
  const setup: WorldSetup = { charges: charges(PER_CALL) };
  const cases: readonly [string, (meterId: number, other: number) => NextVersion | null, unknown[]][] = [
    ['no version is active', () => null, [{ code: 'plan_not_active' }]],
    [
      'another currency',
      (meterId) => ({ charges: charges(PER_CALL)(meterId), currency: 'USD' }),
      [{ code: 'other_currency', detail: expect.stringMatching(/version 2 is in USD.*version 1 in EUR/) }],
    ],
    [
      'another interval',
      (meterId) => ({ charges: charges(PER_CALL)(meterId), interval: 'quarter' }),
      [
        { code: 'other_period', detail: expect.stringContaining('"calls"') },
        { code: 'other_period', detail: expect.stringContaining('"fee"') },
      ],
    ],
    [
      'a charge of another interval, a fee in advance',
      (meterId) => ({
        charges: [
          { key: 'calls', meterId, price: PER_CALL, terms: { every: 'week' } },
          { key: 'fee', price: flat('5'), terms: { billing: 'in_advance' } },
        ],
      }),
      [
        { code: 'other_period', detail: expect.stringContaining('in arrears, by the week') },
        { code: 'other_period', detail: expect.stringContaining('in advance, by the month') },
      ],
    ],
    [
      'a charge that is gone, one that counts something else',
      (_, other) => ({ charges: [{ key: 'calls', meterId: other, price: PER_CALL }] }),
      [
        { code: 'other_meter', detail: expect.stringContaining('counts meter "other"') },
        { code: 'unknown_charge', detail: expect.stringContaining('the fee "fee"') },
      ],
    ],
    [
      'usage that became a fee',
      () => ({
        charges: [
          { key: 'calls', price: flat('1') },
          { key: 'fee', price: flat('5'), terms: { billing: 'in_arrears' } },
        ],
      }),
      [{ code: 'unknown_charge' }],
    ],
  ];

  test.each(cases)('%s', async (_, next, faults) => {
    const acme = await billedFor(setup, { '': 100 });
    const version = next(acme.meterId, await acme.fixture.meter(acme.organizationId, 'other'));
    if (version) await nextVersion(owner, acme.planId, version);
    await owner.query(`UPDATE plans SET state = 'archived' WHERE id = $1`, [acme.planId]);
    const before = await acme.documents();
    const asked = requestFor(acme, await first(acme), '2025-04-02', 'current');
    const result = await regenerateInvoice(worker, asked);
    expect(result).toMatchObject({ status: 'prices_do_not_fit', faults });
    expect('faults' in result && result.faults).toHaveLength(faults.length);
    expect(await previewRegenerate(worker, asked)).toEqual(result);
    expect(await acme.documents()).toEqual(before);
  });

  test('prices in the currency of the plan alone, where the subscription has another', async () => {
    const prices = { EUR: PER_CALL, USD: PER_CALL };
    const acme = await createWorld(owner, worker, {
      charges: (meterId) => [{ key: 'calls', meterId, price: PER_CALL }],
    });
    await owner.query(`UPDATE subscriptions SET currency = 'USD' WHERE id = $1`, [acme.subscriptionId]);
    await owner.query(`UPDATE charges SET terms = $2 WHERE plan_id = $1`, [
      acme.planId,
      JSON.stringify({ key: 'calls', meter: 'm', prices }),
    ]);
    await acme.calls(HOUR, { '': 10 });
    await acme.bill('2025-03');
    await nextVersion(owner, acme.planId, { charges: [{ key: 'calls', meterId: acme.meterId, price: PER_CALL }] });
    expect(await regenerateInvoice(worker, requestFor(acme, await first(acme), '2025-04-02', 'current'))).toMatchObject(
      {
        status: 'prices_do_not_fit',
        faults: [{ code: 'other_currency', detail: expect.stringContaining('which nothing converts into USD') }],
      },
    );
  });
});

const price = fc.oneof(
  fc
    .integer({ min: 1, max: 99 })
    .map((cents) => ({ model: 'per_unit', unit_amount: `0.${String(cents).padStart(3, '0')}` })),
  fc.constantFrom('volume', 'graduated').map((model) => ({
    model,
    tiers: [
      { up_to: '100', unit_amount: '1' },
      { up_to: null, unit_amount: '0.5' },
    ],
  })),
);
const terms = fc.record(
  { minimum_amount: fc.constantFrom('20', '60'), maximum_amount: fc.constantFrom('70', '150') },
  { requiredKeys: [] },
);
const plan = fc.record({
  price,
  terms,
  fee: fc.integer({ min: 1, max: 50 }).map(String),
  minimumAmount: fc.option(fc.constantFrom('80', '200'), { nil: undefined }),
});
const used = fc.dictionary(fc.constantFrom('eu', 'us', 'asia'), fc.integer({ min: 1, max: 250 }), { minKeys: 1 });
const step = fc.tuple(used, fc.constantFrom('run', 'look', 'again', 'current'));

test('whatever comes before it and after, what stands is one invoice at the prices that it was pinned on last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(plan, { minLength: 2, maxLength: 3 }),
      fc.boolean(),
      used,
      fc.array(step, { minLength: 2, maxLength: 4 }),
      async (plans, hasMinimum, begin, steps) => {
        const setups = plans.map((one): WorldSetup => {
          const { minimumAmount = hasMinimum ? '90' : undefined } = one;
          return {
            charges: charges(one.price, one.fee, { ...one.terms, group_by: ['region'] }),
            // What was not billed at all is not billed anew: all have a minimum or none.
            ...(hasMinimum && minimumAmount && { minimumAmount }),
            tax: ['19', false],
            coupons: [{ percent: '12.5' }],
          };
        });
        let [pinned, version] = [0, 0];
        const acme = await billedFor(setups[0] as WorldSetup, begin);
        let live = await first(acme);
        for (const [index, [next, kind]] of steps.entries()) {
          const on = `2025-0${index + 5}-01`;
          await acme.calls(HOUR, next);
          if (kind === 'run') await acme.bill(`2025-0${index + 4}`);
          else if (kind === 'look') await acme.look(on, { alone: true });
          else {
            if (kind === 'current' && version + 1 < setups.length) {
              version += 1;
              const { charges: made, minimumAmount } = setups[version] as WorldSetup;
              await nextVersion(owner, acme.planId, { charges: made(acme.meterId), minimumAmount });
            }
            if (kind === 'current') pinned = version;
            const asked = requestFor(acme, live, on, kind === 'current' ? 'current' : undefined);
            const result = await regenerateInvoice(worker, asked);
            // Late usage was credited on it: then it stands.
            if (result.status === 'credited') return;
            if (result.status !== 'regenerated') throw new Error(JSON.stringify(result));
            live = result.invoice.document;
          }
          expect(await acme.account('2025-03')).toEqual(await inTime(setups[pinned] as WorldSetup, next));
        }
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
});
