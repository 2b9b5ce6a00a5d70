import { expect, test } from '@jest/globals';
import type { Charge } from '../charge-schema.ts';
import { quoteFaults } from './quote-faults.ts';
import { salvageQuote } from './salvage-quote.ts';

const API = { key: 'api', price: { model: 'per_unit', unit_amount: '1' } };
const BAD = { ...API, price: { model: 'per_unit', unit_amount: 1 } };
const SEATS = { ...API, key: 'seats', quantity: 'users' };
const EUROS = { key: 'base', prices: { EUR: { model: 'flat', amount: '1' } } };
const USAGE = { charge: 'api', quantity: '1' };
const NO_USAGE = 'missing_usage /usage';
const body = (fields: Readonly<Record<string, unknown>>) => ({
  currency: 'USD',
  charges: [API],
  usage: [USAGE],
  prepaid_balance: '-1',
  ...fields,
});

test.each<[string, unknown, string[]]>([
  ['no object', 'x', []],
  ['null', null, []],
  ['nothing', {}, []],
  ['a fault that no other part sees', body({}), []],
  ['charges that are no list', body({ charges: 'x' }), ['unknown_charge /usage/0/charge']],
  ['a price in another currency', body({ charges: [API, EUROS] }), ['missing_price /charges/1/prices']],
  ['but no currency', body({ charges: [API, EUROS], currency: 'usd' }), []],
  ['seats without their number', body({ charges: [API, SEATS] }), ['missing_quantity /quantities']],
  ['but no numbers', body({ charges: [API, SEATS], quantities: { users: '-1' } }), []],
  ['numbers that name others', body({ charges: [API, SEATS], quantities: {} }), ['missing_quantity /quantities']],
  [
    'a charge that is not there',
    body({ usage: [USAGE, { ...USAGE, charge: 'x' }] }),
    ['unknown_charge /usage/1/charge'],
  ],
  ['but cannot be read', body({ charges: [BAD] }), []],
  [
    'one of the two, beside a charge that can be read, whose place stays right',
    body({ charges: [{ ...BAD, key: 'bad' }, EUROS], usage: [{ ...USAGE, charge: 'bad' }, USAGE] }),
    ['missing_price /charges/1/prices', 'unknown_charge /usage/1/charge'],
  ],
  ['no usage', body({ usage: [] }), [NO_USAGE]],
  ['usage left out', body({ usage: undefined }), [NO_USAGE]],
  ['but usage is no list', body({ usage: 'x' }), []],
  ['but one that cannot be read', body({ usage: [{ charge: 'api', quantity: 1 }] }), []],
  ['or one that names another', body({ usage: [{ charge: 'x', quantity: 1 }] }), [NO_USAGE]],
  ['or one that names none', body({ usage: [null] }), [NO_USAGE]],
  ['but a customer that cannot be read', body({ usage: undefined, customer: 5 }), []],
  ['but a period without its customer', body({ usage: undefined, period: 5 }), []],
  ['a customer without a meter', body({ usage: undefined, customer: 'acme' }), ['missing_meter /charges/0/meter']],
  [
    'cumulative usage without what was billed',
    body({
      charges: [API, { ...API, key: 'other' }],
      usage_is: 'cumulative',
      usage: [USAGE],
      billed_before: [{ charge: 'other', amount: '1' }],
    }),
    ['missing_usage /usage', 'missing_usage /billed_before/0/group'],
  ],
  [
    'but some usage that cannot be read',
    body({
      charges: [API, { ...API, key: 'other' }],
      usage_is: 'cumulative',
      usage: [USAGE, { charge: 'other' }],
      billed_before: [{ charge: 'other', amount: '1' }],
    }),
    [],
  ],
  [
    'what was billed, by usage of a kind that cannot be read',
    body({ usage_is: 'old', billed_before: [{ charge: 'api', amount: '1' }] }),
    [],
  ],
  [
    'what was billed, in lists of which some cannot be read',
    body({ billed_before: [{ charge: 'api' }, { charge: 'api', amount: '1' }] }),
    [' /billed_before/1/quantity'],
  ],
  [
    'discounts and taxes, of which some cannot be read',
    body({
      discounts: [{}, { percent: '1', charges: ['x'] }],
      tax_rates: [{}, { name: 'VAT', percent: '1', charges: ['x'] }],
    }),
    ['unknown_charge /discounts/1/charges/0', 'unknown_charge /tax_rates/1/charges/0'],
  ],
  ['more than its currency counts', body({ prepaid_balance: '0.001', tax_treatment: 5 }), [' /prepaid_balance']],
])('%s', (_, sent, expected) => {
  const { quote, isCertain } = salvageQuote(sent);
  const faults = quoteFaults(quote, (quote.charges ?? []) as Charge[], '/charges').filter(isCertain);
  expect(faults.map(({ code = '', pointer }) => `${code} ${pointer}`)).toEqual(expected);
});
