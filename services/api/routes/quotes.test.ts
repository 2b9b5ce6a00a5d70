import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createFeed, usageEvent } from '#tests/support/metering.ts';
import { API, type Quotes, startQuotes } from '#tests/support/quotes.ts';

let seller: Quotes;
beforeAll(async () => {
  seller = await startQuotes();
});
afterAll(() => seller?.api.stop());

const quote = (body: unknown) => seller.quote(body);

test('lines, discounts, taxes and what is due, with the working of each line', async () => {
  const { status, body } = await quote({
    currency: 'USD',
    charges: [
      { ...API, included_units: '1000', discount_percent: '50' },
      { key: 'base', price: { model: 'flat', amount: '49.00' } },
    ],
    usage: [{ charge: 'api', quantity: '12345.5' }],
    service: { from: '2026-10-15', to: '2026-11-01', period_from: '2026-10-01', period_to: '2026-11-01' },
    discounts: [{ percent: '10' }, { amount: '25.00', charges: ['api'] }],
    tax_rates: [{ name: 'VAT', percent: '20' }],
    prepaid_balance: '5.00',
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    currency: 'USD',
    lines: [
      {
        charge: 'api',
        kind: 'charge',
        group: null,
        quantity: '12345.5',
        amount: '11.35',
        discount: '11.35',
        net: '0.00',
        tax_amounts: [{ name: 'VAT', percent: '20', amount: '0.00' }],
        steps: [
          { rule: 'included_units', quantity: '1000', result: '11345.5', amount: '0' },
          { rule: 'per_unit', quantity: '11345.5', unit_amount: '0.002', amount: '22.691' },
          { rule: 'discount', quantity: '22.691', percent: '50', amount: '-11.3455' },
        ],
      },
      {
        charge: 'base',
        kind: 'charge',
        group: null,
        quantity: '1',
        amount: '26.87',
        discount: '2.69',
        net: '24.18',
        tax_amounts: [{ name: 'VAT', percent: '20', amount: '4.84' }],
        steps: [
          { rule: 'flat', quantity: '1', unit_amount: '49', amount: '49' },
          { rule: 'proration', quantity: '17', per: '31', amount: '-22.1290322580645161290322580645161290322581' },
        ],
      },
    ],
    subtotal: '38.22',
    discount_total: '14.04',
    total_excluding_tax: '24.18',
    taxes: [{ name: 'VAT', percent: '20', inclusive: false, base: '24.18', amount: '4.84' }],
    tax_total: '4.84',
    total: '29.02',
    prepaid_applied: '5.00',
    amount_due: '24.02',
  });
});

test('by group, with a matrix, percentages of single events, seats, minimums and a commitment', async () => {
  const { status, body } = await quote({
    currency: 'JPY',
    minimum_amount: '10000',
    charges: [
      {
        key: 'vm',
        price: {
          model: 'matrix',
          dimensions: ['region'],
          rates: [{ values: ['eu'], unit_amount: '100' }],
          default_unit_amount: '120',
        },
      },
      { key: 'fees', price: { model: 'percentage', percent: '3', fixed_amount: '5', maximum_per_event: '200' } },
      { key: 'seats', quantity: 'seats', price: { model: 'per_unit', unit_amount: '900' }, minimum_amount: '5000' },
    ],
    usage: [
      { charge: 'vm', quantity: '2', group: { region: 'us' } },
      { charge: 'vm', quantity: '3', group: { region: 'eu' } },
      { charge: 'vm', quantity: '1', group: { region: 'us' } },
      { charge: 'fees', events: ['1000', '10000'] },
    ],
    quantities: { seats: '5' },
  });
  expect(status).toBe(200);
  expect(body.lines.map((line: never[]) => Object.values(line).slice(0, 5))).toEqual([
    ['vm', 'charge', { region: 'us' }, '3', '360'],
    ['vm', 'charge', { region: 'eu' }, '3', '300'],
    ['fees', 'charge', null, '11000', '235'],
    ['seats', 'charge', null, '5', '4500'],
    ['seats', 'minimum', null, '1', '500'],
    [null, 'plan_minimum', null, '1', '4105'],
  ]);
  expect(body.total).toBe('10000');
});

test('what was billed before is taken off the price of everything so far', async () => {
  const charges = [
    {
      key: 'api',
      price: {
        model: 'graduated',
        tiers: [
          { up_to: '10', unit_amount: '1' },
          { up_to: null, unit_amount: '0.5' },
        ],
      },
    },
  ];
  const before = { charge: 'api', quantity: '8', amount: '8.00' };
  const added = await quote({
    currency: 'EUR',
    charges,
    usage: [{ charge: 'api', quantity: '4' }],
    billed_before: [before],
  });
  expect(added.body.lines[0]).toMatchObject({ quantity: '4', amount: '3.00' });
  const cumulative = { currency: 'EUR', charges, usage: [{ charge: 'api', quantity: '12' }], usage_is: 'cumulative' };
  expect((await quote({ ...cumulative, billed_before: [before] })).body.lines[0]).toMatchObject({
    quantity: '12',
    amount: '3.00',
  });
});

test('what a customer would have paid for a past period, by any plan, down to single events', async () => {
  const feed = await createFeed(seller.api.worker);
  // Kolkata's October begins at 18:30 on 30 September, within an hour of UTC.
  const first = Date.parse('2026-09-30T18:30:00Z');
  const at = (id: string, time: number, bytes: string, over = {}) =>
    usageEvent(id, { time, properties: { bytes, region: 'eu' }, ...over });
  await feed(
    seller.own.id,
    [
      at('before', first - 1, '1000'),
      at('b', first, '100'),
      at('a', first, '10'),
      at('c', first + 40 * 60_000, '300', { customer: 'acme-2', properties: { bytes: '300', region: 'us' } }),
      at('of another', first, '7', { customer: 'other' }),
    ],
    new Date(first + 3_600_000),
  );
  const { body: plan } = await seller.own.api.post('/v1/plans', {
    key: 'fees',
    name: 'Fees',
    currency: 'USD',
    charges: [
      {
        key: 'calls',
        name: 'Calls',
        meter: 'calls',
        group_by: ['region'],
        price: { model: 'per_unit', unit_amount: '0.5' },
      },
      {
        key: 'share',
        name: 'Share',
        meter: 'paid',
        price: {
          model: 'percentage',
          percent: '10',
          free_amount: '50',
          minimum_per_event: '1',
          maximum_per_event: '20',
        },
      },
    ],
  });
  expect(plan).toMatchObject({ version: 1 });
  const { status, body } = await quote({
    currency: 'USD',
    plan: { key: 'fees', version: 1 },
    customer: 'acme',
    period: { from: '2026-10-01', to: '2026-11-01' },
  });
  expect(status).toBe(200);
  // In order a (10, free), b (40 of 100 free, 6.00), c (30.00, cut to 20).
  expect(body.lines.map((line: never[]) => Object.values(line).slice(0, 5))).toEqual([
    ['calls', 'charge', { region: 'eu' }, '2', '1.00'],
    ['calls', 'charge', { region: 'us' }, '1', '0.50'],
    ['share', 'charge', null, '410', '26.00'],
  ]);
});

test('a plan prices with its commitment, and only in a currency that it names', async () => {
  await seller.own.api.post('/v1/plans', {
    key: 'both',
    name: 'Both',
    currency: 'USD',
    charges: [{ key: 'base', prices: { USD: { model: 'flat', amount: '10' }, EUR: { model: 'flat', amount: '9' } } }],
  });
  await seller.own.api.post('/v1/plans', {
    key: 'committed',
    name: 'Committed',
    currency: 'USD',
    minimum_amount: '100',
    charges: [{ key: 'base', price: { model: 'flat', amount: '10' } }],
  });
  expect((await quote({ currency: 'EUR', plan: { key: 'both' } })).body.total).toBe('9.00');
  expect((await quote({ currency: 'GBP', plan: { key: 'both' } })).body.errors).toMatchObject([{ pointer: '/plan' }]);
  expect((await quote({ currency: 'USD', plan: { key: 'committed' } })).body).toMatchObject({
    lines: [{ amount: '10.00' }, { kind: 'plan_minimum', amount: '90.00' }],
    total: '100.00',
  });
  expect((await quote({ currency: 'EUR', plan: { key: 'committed' } })).body.errors).toMatchObject([
    { pointer: '/currency', detail: expect.stringContaining('price of charge "base", minimum_amount') },
  ]);
});

test('nothing is stored, and no other organization is seen', async () => {
  const other = await seller.api.organization();
  const body = {
    currency: 'USD',
    plan: { key: 'fees' },
    customer: 'acme',
    period: { from: '2026-10-01', to: '2026-11-01' },
  };
  expect((await other.api.post('/v1/quotes', body)).body.errors).toMatchObject([{ pointer: '/plan' }]);
  const count = async () => (await seller.api.owner.query('SELECT count(*) FROM outbox')).rows[0].count;
  const before = await count();
  expect((await quote(body)).status).toBe(200);
  expect(await count()).toBe(before);
});
