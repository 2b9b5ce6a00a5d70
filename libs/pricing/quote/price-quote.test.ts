import { describe, expect, test } from '@jest/globals';
import { type QuoteFields, quoted } from '#tests/support/pricing/quote.ts';

const UNIT = { model: 'per_unit', unit_amount: '1' };
const FEE = { key: 'base', price: { model: 'flat', amount: '31' } };
const API = { key: 'api', price: UNIT };
const GROUPED = { ...API, group_by: ['region'] };
const SEATS = { key: 'seats', price: { model: 'per_unit', unit_amount: '10' }, quantity: 'users' };
const CARDS = { key: 'cards', price: { model: 'percentage', percent: '1', fixed_amount: '1', free_events: 1 } };
const HALF = { from: '2026-10-15', to: '2026-11-01', period_from: '2026-10-01', period_to: '2026-11-01' };
const used = (charge: string, quantity: string, region?: string) => ({
  charge,
  quantity,
  ...(region && { group: { region } }),
});

/** Lines as `charge quantity amount`. */
const linesOf = (fields: QuoteFields): string[] =>
  quoted(fields).lines.map(({ charge, kind, group, quantity, amount }) =>
    [
      charge ?? kind,
      ...(kind === 'minimum' ? [kind] : []),
      ...Object.values(group ?? {}),
      quantity,
      amount.toFixed(),
    ].join(' '),
  );

describe('lines', () => {
  test.each<[string, QuoteFields, string[]]>([
    ['a fee and usage', { charges: [FEE, API], usage: [used('api', '5')] }, ['base 1 31', 'api 5 5']],
    ['usage in pieces is added', { charges: [API], usage: [used('api', '5'), used('api', '-2.5')] }, ['api 2.5 2.5']],
    ['no usage is a line', { charges: [API], usage: [used('api', '0')] }, ['api 0 0']],
    ['no events are a line', { charges: [CARDS], usage: [{ charge: 'cards', events: [] }] }, ['cards 0 0']],
    [
      'each charge has its own usage',
      { charges: [API, { ...API, key: 'files' }], usage: [used('files', '7'), used('api', '5')] },
      ['api 5 5', 'files 7 7'],
    ],
    ['seats', { charges: [SEATS], quantities: { users: '2.5' } }, ['seats 2.5 25']],
    [
      'a line for each group, in the order of their first usage',
      { charges: [GROUPED], usage: [used('api', '5', 'us'), used('api', '2', 'eu'), used('api', '1', 'us')] },
      ['api us 6 6', 'api eu 2 2'],
    ],
    [
      'events in order, as quantity what they come to',
      {
        charges: [CARDS],
        usage: [
          { charge: 'cards', events: ['100', '50'] },
          { charge: 'cards', events: ['-10', '20'] },
        ],
      },
      ['cards 160 2.6'],
    ],
    [
      'events and quantities of a price that looks at no single event, in units that are rounded once',
      {
        charges: [
          { key: 'share', price: { model: 'percentage', percent: '10' }, convert: { divide: '10', round: 'up' } },
        ],
        usage: [{ charge: 'share', events: ['101', '101'] }, used('share', '101')],
      },
      ['share 303 3.1'],
    ],
    [
      'what is missing to the minimum of the charge',
      { charges: [{ ...API, minimum_amount: '10' }, FEE], usage: [used('api', '4')] },
      ['api 4 4', 'api minimum 1 6', 'base 1 31'],
    ],
    [
      'what is missing to the commitment, last',
      { charges: [FEE, API], usage: [used('api', '4')], minimum_amount: '100' },
      ['base 1 31', 'api 4 4', 'plan_minimum 1 65'],
    ],
    [
      'fees, seats, minimums and the commitment by days, usage not',
      {
        charges: [FEE, SEATS, { ...API, minimum_amount: '62' }],
        usage: [used('api', '4')],
        quantities: { users: '3.1' },
        service: HALF,
        minimum_amount: '310',
      },
      ['base 1 17', 'seats 3.1 17', 'api 4 4', 'api minimum 1 30', 'plan_minimum 1 102'],
    ],
    [
      'days of local dates, whatever the clocks do',
      { charges: [FEE], service: { ...HALF, time_zone: 'Europe/Berlin' } },
      ['base 1 17'],
    ],
    ['in the digits of the currency', { currency: 'JPY', charges: [API], usage: [used('api', '2.5')] }, ['api 2.5 3']],
  ])('%s', (_, fields, expected) => {
    expect(linesOf(fields)).toEqual(expected);
  });

  test('a matrix without a rate for some usage is named', () => {
    const price = { model: 'matrix', dimensions: ['region'], rates: [] };
    expect(() => linesOf({ charges: [{ key: 'vm', price }], usage: [used('vm', '1', 'eu')] })).toThrow(
      'The matrix has no rate for region "eu"',
    );
  });
});

describe('after what was billed before', () => {
  const TIERS = {
    key: 'api',
    price: {
      model: 'graduated',
      tiers: [
        { up_to: '10', unit_amount: '2' },
        { up_to: null, unit_amount: '1' },
      ],
    },
  };
  const billed = (charge: string, amount: string, more: QuoteFields = {}) => ({ charge, amount, ...more });

  test.each<[string, QuoteFields, string[]]>([
    [
      'new usage goes on where the old ended',
      { charges: [TIERS], usage: [used('api', '7')], billed_before: [billed('api', '16', { quantity: '8' })] },
      ['api 7 9'],
    ],
    [
      'cumulative usage holds it',
      {
        charges: [TIERS],
        usage_is: 'cumulative',
        usage: [used('api', '15')],
        billed_before: [billed('api', '16', { quantity: '8' })],
      },
      ['api 15 9'],
    ],
    [
      'in several pieces',
      {
        charges: [TIERS],
        usage: [used('api', '7')],
        billed_before: [billed('api', '10', { quantity: '5' }), billed('api', '6', { quantity: '3' })],
      },
      ['api 7 9'],
    ],
    [
      'a correction takes back',
      { charges: [TIERS], usage: [used('api', '-3')], billed_before: [billed('api', '16', { quantity: '8' })] },
      ['api -3 -6'],
    ],
    [
      'events go on after the old ones',
      {
        charges: [CARDS],
        usage: [{ charge: 'cards', events: ['100'] }],
        billed_before: [billed('cards', '0', { events: ['50'] })],
      },
      ['cards 100 2'],
    ],
    ['a fee', { charges: [FEE], billed_before: [billed('base', '20'), billed('base', '1')] }, ['base 1 10']],
    [
      'a group with nothing new has no line',
      {
        charges: [GROUPED],
        usage: [used('api', '3', 'us')],
        billed_before: [billed('api', '5', { quantity: '5', group: { region: 'eu' } })],
      },
      ['api us 3 3'],
    ],
    [
      'nor one whose price had several steps',
      {
        charges: [{ ...TIERS, group_by: ['region'] }],
        usage: [used('api', '3', 'us')],
        billed_before: [billed('api', '25', { quantity: '15', group: { region: 'eu' } })],
      },
      ['api us 3 6'],
    ],
    [
      'unless others changed its price: the maximum is shared anew',
      {
        charges: [{ ...GROUPED, maximum_amount: '10' }],
        usage: [used('api', '10', 'us')],
        billed_before: [billed('api', '10', { quantity: '10', group: { region: 'eu' } })],
      },
      ['api us 10 5', 'api eu 0 -5'],
    ],
    [
      'usage that costs nothing more has one',
      {
        charges: [{ ...API, maximum_amount: '10' }],
        usage: [used('api', '5')],
        billed_before: [billed('api', '10', { quantity: '10' })],
      },
      ['api 5 0'],
    ],
    [
      'each charge goes on from its own',
      {
        charges: [FEE, TIERS, { ...TIERS, key: 'files' }],
        usage: [used('api', '1'), used('files', '1')],
        billed_before: [
          billed('base', '1'),
          billed('api', '20', { quantity: '10' }),
          billed('files', '4', { quantity: '2' }),
        ],
      },
      ['base 1 30', 'api 1 1', 'files 1 2'],
    ],
    [
      'the minimum of a charge is on all of it',
      {
        charges: [{ ...API, minimum_amount: '100' }],
        usage: [used('api', '40')],
        billed_before: [billed('api', '100', { quantity: '40' })],
      },
      ['api 40 -20', 'api minimum 1 20'],
    ],
    [
      'so is the commitment',
      {
        charges: [API],
        usage: [used('api', '40')],
        billed_before: [billed('api', '100', { quantity: '40' })],
        minimum_amount: '100',
      },
      ['api 40 -20', 'plan_minimum 1 20'],
    ],
    [
      'which is reached some time',
      {
        charges: [API],
        usage: [used('api', '70')],
        billed_before: [billed('api', '100', { quantity: '40' })],
        minimum_amount: '100',
      },
      ['api 70 10'],
    ],
  ])('%s', (_, fields, expected) => {
    expect(linesOf(fields)).toEqual(expected);
  });
});

test('a whole quote: lines, discounts, taxes, prepaid balance', () => {
  const bill = quoted({
    charges: [FEE, API],
    usage: [used('api', '69')],
    discounts: [{ percent: '10' }],
    tax_rates: [{ name: 'VAT', percent: '20' }],
    prepaid_balance: '8.00',
  });
  expect(bill.lines.map(({ discount, net, taxes }) => [discount, net, taxes[0]?.amount].join(' '))).toEqual([
    '3.1 27.9 5.58',
    '6.9 62.1 12.42',
  ]);
  expect(JSON.parse(JSON.stringify(bill.totals))).toEqual({
    subtotal: '100',
    discountTotal: '10',
    totalExcludingTax: '90',
    taxTotal: '18',
    total: '108',
    prepaidApplied: '8',
    amountDue: '100',
  });
});

test('a treatment without tax', () => {
  const bill = quoted({
    charges: [FEE],
    tax_rates: [{ name: 'VAT', percent: '20' }],
    tax_treatment: 'reverse_charge',
  });
  expect(bill.taxes).toEqual([]);
  expect(bill.totals.total.toFixed()).toBe('31');
});

test('a line without groups has none, and without a bill before no step of one', () => {
  const { lines } = quoted({ charges: [FEE, API], usage: [used('api', '5')] });
  expect(lines.map(({ group, steps }) => [group, steps.map(({ rule }) => rule)])).toEqual([
    [null, ['flat']],
    [null, ['per_unit']],
  ]);
});
