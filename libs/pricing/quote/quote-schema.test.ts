import { expect, test } from '@jest/globals';
import { faultsOf } from '#tests/support/faults.ts';
import { quoteSchema } from './quote-schema.ts';

const CHARGE = { key: 'api', price: { model: 'per_unit', unit_amount: '1' } };
const USAGE = { charge: 'api', quantity: '1' };
const SERVICE = { from: '2026-10-15', to: '2026-11-01', period_from: '2026-10-01', period_to: '2026-11-01' };
const PERIOD = { from: '2026-10-01', to: '2026-10-02' };
const quote = (fields: Readonly<Record<string, unknown>>) => ({
  currency: 'USD',
  charges: [CHARGE],
  usage: [USAGE],
  ...fields,
});

test('what is left out is filled in', () => {
  expect(quoteSchema.parse({ currency: 'USD', plan: { key: 'pro' } })).toEqual({
    currency: 'USD',
    plan: { key: 'pro' },
    usage: [],
    usage_is: 'new',
    billed_before: [],
    quantities: {},
    discounts: [],
    tax_rates: [],
    tax_treatment: 'standard',
    prepaid_balance: '0',
  });
  expect(quoteSchema.parse(quote({ tax_rates: [{ name: 'VAT', percent: '20' }] })).tax_rates).toEqual([
    { name: 'VAT', percent: '20', inclusive: false },
  ]);
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  [
    'usage below zero',
    {
      usage: [
        { charge: 'api', quantity: '-1' },
        { charge: 'api', events: [] },
      ],
    },
  ],
  ['a part of a period', { service: SERVICE }],
  ['the whole of it, in a zone', { service: { ...SERVICE, from: '2026-10-01', time_zone: 'Europe/Berlin' } }],
  ['a customer and a past period', { usage: [], customer: 'acme', period: PERIOD }],
  ['what was billed without a quantity', { billed_before: [{ charge: 'api', amount: '-1.50' }] }],
  [
    'discounts',
    {
      discounts: [
        { percent: '10', name: 'spring' },
        { amount: '5', charges: ['api'] },
      ],
    },
  ],
])('%s is taken', (_, fields) => {
  expect(faultsOf(quoteSchema, quote(fields))).toEqual([]);
});

test.each<[string, unknown, string[]]>([
  ['nothing', {}, ['/currency is missing', '/charges send either charges or a plan']],
  ['no object', 'x', [' must be an object']],
  ['null', null, [' must be an object']],
  [
    'no currency',
    quote({ currency: 'usd' }),
    ['/currency must be a currency of ISO 4217 in capital letters, such as USD'],
  ],
  ['charges and a plan', quote({ plan: { key: 'pro' } }), ['/charges send either charges or a plan']],
  ['no charges', quote({ charges: [] }), ['/charges must hold at least 1 entry']],
  [
    'a plan with a commitment beside it',
    { currency: 'USD', plan: { key: 'pro', version: 0 }, minimum_amount: '5' },
    ['/plan/version must be at least 1', '/minimum_amount must be left out beside plan: the plan has its own'],
  ],
  ['usage of nothing', quote({ usage: [{ charge: 'api' }] }), ['/usage/0 must hold either quantity or events']],
  [
    'usage twice',
    quote({ usage: [{ charge: 'api', quantity: '1', events: ['1'] }] }),
    ['/usage/0 must hold either quantity or events'],
  ],
  [
    'usage that is no object',
    quote({ usage: ['x', null] }),
    ['/usage/0 must be an object', '/usage/1 must be an object'],
  ],
  ['a number', quote({ usage: [{ charge: 'api', quantity: 1 }] }), ['/usage/0/quantity must be a string']],
  [
    'an event that is a number',
    quote({ usage: [{ charge: 'api', events: ['1', 2] }] }),
    ['/usage/0/events/1 must be a string'],
  ],
  [
    'what was billed, without how much',
    quote({ billed_before: [{ charge: 'api' }] }),
    ['/billed_before/0/amount is missing'],
  ],
  [
    'more than any bill has',
    quote({
      discounts: Array.from({ length: 21 }, () => ({ percent: '1' })),
      tax_rates: Array.from({ length: 21 }, () => ({
        name: 'VAT',
        percent: '1',
        charges: Array(101).fill('api'),
      })).slice(20),
    }),
    ['/discounts must hold at most 20 entries', '/tax_rates/0/charges must hold at most 100 entries'],
  ],
  ['an empty discount', quote({ discounts: [{}] }), ['/discounts/0 must hold either percent or amount']],
  [
    'two discounts in one, for nothing',
    quote({ discounts: [{ percent: '101', amount: '-1', charges: [] }] }),
    [
      '/discounts/0/percent must be between 0 and 100',
      '/discounts/0/amount must not be negative',
      '/discounts/0/charges must hold at least 1 entry',
      '/discounts/0 must hold either percent or amount',
    ],
  ],
  [
    'a tax below zero without a name',
    quote({ tax_rates: [{ percent: '-1', inclusive: 'no' }] }),
    [
      '/tax_rates/0/name is missing',
      '/tax_rates/0/percent must not be negative',
      '/tax_rates/0/inclusive must be true or false',
    ],
  ],
  [
    'days out of order',
    quote({ service: { from: '2026-10-15', to: '2026-10-15', period_from: '2026-10-16', period_to: '2026-10-01' } }),
    [
      '/service/to must be after from (2026-10-15)',
      '/service/period_to must be after period_from (2026-10-16)',
      '/service/from must not be before period_from (2026-10-16)',
      '/service/to must not be after period_to (2026-10-01)',
    ],
  ],
  [
    'a day too many, in a zone that is an offset',
    quote({ service: { ...SERVICE, to: '2026-11-02', time_zone: '+02:00' } }),
    [
      '/service/time_zone must be a time zone of the IANA database, such as Europe/Berlin or UTC',
      '/service/to must not be after period_to (2026-11-01)',
    ],
  ],
  [
    'days that are none',
    quote({ service: { ...SERVICE, from: '2026-02-30', period_to: '2026-3-1' } }),
    ['/service/from must be a date such as 2026-10-01', '/service/period_to must be a date such as 2026-10-01'],
  ],
  [
    'a period of no day',
    quote({ service: { ...PERIOD, period_from: '2026-10-01', period_to: '2026-10-01' } }),
    [
      '/service/period_to must be after period_from (2026-10-01)',
      '/service/to must not be after period_to (2026-10-01)',
    ],
  ],
  ['a service that is no object', quote({ service: 'x' }), ['/service must be an object']],
  ['a service that is null', quote({ service: null }), ['/service must be an object']],
  [
    'a customer without a period',
    quote({ usage: [], customer: 'acme' }),
    ['/period is missing: customer and period go together'],
  ],
  [
    'a period without a customer',
    quote({ usage: [], period: PERIOD }),
    ['/customer is missing: customer and period go together'],
  ],
  [
    'what was used beside the customer who used it',
    quote({ customer: 'acme', period: PERIOD, billed_before: [{ charge: 'api', amount: '1' }] }),
    ['usage', 'billed_before'].map(
      (field) => `/${field} must be left out beside customer: what the customer used is priced`,
    ),
  ],
  ...['2026-10-01', '2026-09-30'].map((to): [string, unknown, string[]] => [
    `a past period that ends on ${to}`,
    quote({ usage: [], customer: 'acme', period: { ...PERIOD, to } }),
    ['/period/to must be after from (2026-10-01)'],
  ]),
  [
    'a past period of which one day is none',
    quote({ usage: [], customer: 'acme', period: { from: '2026-10-32', to: '2026-10-01' } }),
    ['/period/from must be a date such as 2026-10-01'],
  ],
  ['a past period that is null', quote({ usage: [], customer: 'acme', period: null }), ['/period must be an object']],
  ['seats below zero', quote({ quantities: { seats: '-5' } }), ['/quantities/seats must not be negative']],
  [
    'words that are not known',
    quote({ usage_is: 'old', tax_treatment: 'none', prepaid_balance: '-1' }),
    [
      '/usage_is must be one of "new", "cumulative"',
      '/tax_treatment must be one of "standard", "reverse_charge", "exempt", "out_of_scope"',
      '/prepaid_balance must not be negative',
    ],
  ],
])('%s is refused', (_, value, expected) => {
  expect(faultsOf(quoteSchema, value)).toEqual(expected);
});
