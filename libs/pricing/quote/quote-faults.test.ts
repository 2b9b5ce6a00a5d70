import { expect, test } from '@jest/globals';
import { type QuoteFields, quoteFaultsOf } from '#tests/support/pricing/quote.ts';

const UNIT = { model: 'per_unit', unit_amount: '1' };
const FEE = { key: 'base', price: { model: 'flat', amount: '10' } };
const API = { key: 'api', price: UNIT };
const SEATS = { key: 'seats', price: UNIT, quantity: 'users' };
const VM = {
  key: 'vm',
  price: { model: 'matrix', dimensions: ['region', 'size'], rates: [], default_unit_amount: '1' },
};
const CARDS = { key: 'cards', price: { model: 'percentage', percent: '2.9', fixed_amount: '0.30' } };
const SHARE = { key: 'share', price: { model: 'percentage', percent: '2.9' } };
const PAST = { customer: 'acme', period: { from: '2026-10-01', to: '2026-11-01' } };
const used = (charge: string, more: QuoteFields = { quantity: '1' }) => ({ charge, ...more });

test.each<[string, QuoteFields]>([
  ['a fee needs no usage', { charges: [FEE] }],
  ['usage of nothing', { charges: [API], usage: [used('api', { quantity: '0' })] }],
  ['usage in pieces', { charges: [API], usage: [used('api'), used('api')] }],
  ['what a customer used', { charges: [FEE, { ...API, meter: 'calls' }], ...PAST }],
  ['seats', { charges: [SEATS], quantities: { users: '5' } }],
  ['a matrix', { charges: [VM], usage: [used('vm', { quantity: '1', group: { region: 'eu', size: 'l' } })] }],
  ['events', { charges: [CARDS], usage: [used('cards', { events: ['10'] })] }],
  ['events of a price that could do without', { charges: [SHARE], usage: [used('share', { events: ['10'] })] }],
  ['an amount of it', { charges: [SHARE], usage: [used('share')] }],
  ['a fee that was billed', { charges: [FEE], billed_before: [used('base', { amount: '4' })] }],
  [
    'usage that was billed',
    { charges: [API], usage: [used('api')], billed_before: [used('api', { quantity: '1', amount: '4.25' })] },
  ],
  [
    'events that were billed',
    {
      charges: [CARDS],
      usage: [used('cards', { events: [] })],
      billed_before: [used('cards', { events: ['1'], amount: '1' })],
    },
  ],
  [
    'events of a price that could do without, billed',
    { charges: [SHARE], usage: [used('share')], billed_before: [used('share', { events: ['1'], amount: '1' })] },
  ],
  [
    'cumulative usage',
    { charges: [API], usage_is: 'cumulative', usage: [used('api')], billed_before: [used('api', { amount: '4' })] },
  ],
  [
    'cumulative events',
    {
      charges: [CARDS],
      usage_is: 'cumulative',
      usage: [used('cards', { events: ['1'] })],
      billed_before: [used('cards', { amount: '4' })],
    },
  ],
  [
    'for some charges',
    {
      charges: [FEE],
      discounts: [{ amount: '1', charges: ['base'] }],
      tax_rates: [{ name: 'VAT', percent: '1', charges: ['base'] }],
    },
  ],
  [
    'two taxes of one kind',
    {
      charges: [FEE],
      tax_rates: [
        { name: 'a', percent: '1', inclusive: true },
        { name: 'b', percent: '1', inclusive: true },
      ],
    },
  ],
])('taken: %s', (_, fields) => {
  expect(quoteFaultsOf(fields)).toEqual([]);
});

test.each<[string, QuoteFields, string[]]>([
  [
    'no price in the currency',
    { charges: [{ key: 'base', prices: { EUR: FEE.price } }] },
    ['/charges/0/prices charge "base" has no price in USD'],
  ],
  [
    'seats without their number',
    { charges: [SEATS], quantities: { admins: '1' } },
    ['/quantities must hold "users", which charge "seats" prices'],
  ],
  ['no usage', { charges: [API, FEE] }, ['/usage must hold the usage of charge "api": "0" if there is none']],
  [
    'what a customer used, without a meter',
    { charges: [{ ...API, meter: 'calls' }, SHARE], ...PAST },
    ['/charges/1/meter is missing: what a customer used is known by a meter only'],
  ],
  [
    'usage of a charge that is not there',
    { charges: [FEE], usage: [used('calls')] },
    ['/usage/0/charge names the charge "calls", which does not exist'],
  ],
  [
    'usage of a fee, and of seats',
    { charges: [FEE, SEATS], quantities: { users: '1' }, usage: [used('base'), used('seats')] },
    [
      '/usage/0/charge names "base", a fee: it counts no usage',
      '/usage/1/charge names "seats", a fee: it counts no usage',
    ],
  ],
  [
    'a group without a dimension',
    { charges: [VM], usage: [used('vm', { quantity: '1', group: { region: 'eu' } }), used('vm')] },
    [
      '/usage/0/group must hold "size": charge "vm" is priced by it',
      '/usage/1/group must hold "region", "size": charge "vm" is priced by it',
    ],
  ],
  [
    'a group without a property',
    { charges: [{ ...API, group_by: ['region'] }], usage: [used('api', { quantity: '1', group: { zone: '1' } })] },
    ['/usage/0/group must hold "region": charge "api" is priced by it'],
  ],
  [
    'values that the charge does not count',
    {
      charges: [{ ...API, group_by: ['region'], filter: { region: ['eu', 'us'], 'a/b': ['1'] } }],
      usage: [
        used('api', { quantity: '1', group: { region: 'eu' } }),
        used('api', { quantity: '1', group: { region: 'asia', 'a/b': '2' } }),
      ],
    },
    [
      '/usage/1/group/region must be one of "eu", "us": charge "api" counts no other',
      '/usage/1/group/a~1b must be one of "1": charge "api" counts no other',
    ],
  ],
  [
    'billed before: a quantity that its events do not come to',
    {
      charges: [SHARE],
      usage: [used('share')],
      billed_before: [
        used('share', { amount: '1', quantity: '17', events: ['10', '7.0'] }),
        used('share', { amount: '1', quantity: '50', events: ['10', '7'] }),
      ],
    },
    ['/billed_before/1/quantity must be left out, or what the events amount to (17)'],
  ],
  [
    'events where no price looks at them',
    { charges: [API], usage: [used('api', { events: ['1'] })] },
    ['/usage/0/events must be a quantity: a per_unit price does not look at single events'],
  ],
  [
    'a quantity where events are needed',
    { charges: [CARDS], usage: [used('cards')] },
    ['/usage/0/quantity must be events: the price has limits for single events'],
  ],
  [
    'billed before: what does not exist, has no quantity, or no group',
    {
      charges: [API, VM],
      usage: [used('api'), used('vm', { quantity: '1', group: { region: 'eu', size: 'l' } })],
      billed_before: [
        used('calls', { amount: '1' }),
        used('api', { amount: '1' }),
        used('vm', { quantity: '1', amount: '1' }),
      ],
    },
    [
      '/billed_before/0/charge names the charge "calls", which does not exist',
      '/billed_before/1/quantity is missing: new usage is added to it',
      '/billed_before/2/group must hold "region", "size": charge "vm" is priced by it',
    ],
  ],
  [
    'billed before: a quantity where events are needed',
    {
      charges: [CARDS],
      usage: [used('cards', { events: ['1'] })],
      billed_before: [used('cards', { quantity: '1', amount: '1' })],
    },
    [
      '/billed_before/0/events is missing: new events are priced after those before, because of limits for single events',
    ],
  ],
  [
    'billed before, but in no cumulative usage',
    {
      charges: [{ ...API, group_by: ['region'] }],
      usage_is: 'cumulative',
      usage: [used('api', { quantity: '1', group: { region: 'eu' } })],
      billed_before: [
        used('api', { amount: '1', group: { region: 'us' } }),
        used('api', { amount: '1', group: { region: 'eu' } }),
      ],
    },
    ['/billed_before/0/group has no usage, although cumulative usage holds what was billed before'],
  ],
  [
    'money of more digits than the currency',
    {
      charges: [FEE],
      billed_before: [used('base', { amount: '1.005' }), used('base', { amount: '-1.50' })],
      prepaid_balance: '0.001',
      discounts: [{ percent: '0.005' }, { amount: '25.005' }],
    },
    ['/prepaid_balance', '/billed_before/0/amount', '/discounts/1/amount'].map(
      (pointer) => `${pointer} has more digits than USD has (2)`,
    ),
  ],
  [
    'and of none',
    { currency: 'JPY', charges: [FEE], prepaid_balance: '0.5' },
    ['/prepaid_balance has more digits than JPY has (0)'],
  ],
  [
    'discounts and taxes for charges that are not there',
    {
      charges: [FEE],
      discounts: [{ amount: '1' }, { amount: '1', charges: ['base', 'calls'] }],
      tax_rates: [{ name: 'VAT', percent: '1', charges: ['calls'] }],
    },
    [
      '/discounts/1/charges/1 names the charge "calls", which does not exist',
      '/tax_rates/0/charges/0 names the charge "calls", which does not exist',
    ],
  ],
  [
    'taxes of two kinds',
    {
      charges: [FEE],
      tax_rates: [
        { name: 'a', percent: '1', inclusive: true },
        { name: 'b', percent: '1', inclusive: true },
        { name: 'c', percent: '1' },
      ],
    },
    [
      '/tax_rates/2/inclusive must be as in the rate before: taxes are either all contained in the amounts or all added to them',
    ],
  ],
])('refused: %s', (_, fields, expected) => {
  expect(quoteFaultsOf(fields)).toEqual(expected);
});

test('faults of a plan point to the plan', () => {
  expect(quoteFaultsOf({ charges: [{ key: 'base', prices: { EUR: FEE.price } }] }, '/plan')).toEqual([
    '/plan charge "base" has no price in USD',
  ]);
});
