import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';

/* A body is told all its faults in one answer: those that its schema knows, and those that show only beside what is stored. */

let api: TestApi;
let own: TestApiClient;
let ids: { readonly draft: string; readonly invoice: string; readonly payment: string; readonly subscription: string };

const NOBODY = uuidv7(1);
/** Refused by every schema. */
const EXTRA = { surprise: true };

beforeAll(async () => {
  api = await startTestApi();
  const fixture = billingFixture(api.owner);
  const organization = await api.organization({ grace_minutes: 0 });
  own = organization.api;
  const meterId = await fixture.meter(organization.id);
  const customerId = await fixture.customer(organization.id, 'acme');
  const planId = await fixture.simplePlan(organization.id, meterId);
  const subscription = await fixture.subscription(organization.id, customerId, planId, { startsOn: '2025-01-01' });
  await fixture.usage(organization.id, meterId, 'acme', HOUR_IN_PAST_MONTH, '1000');
  await bill(api.owner, api.worker, organization.id);
  const [{ id: invoice }] = (await own.get('/v1/invoices')).body.data;
  const paid = { invoice, amount: '5.00', currency: 'EUR', received_on: '2025-05-01', method: 'card' };
  const payment = (await own.post('/v1/payments', paid)).body.id;
  const hand = { customer: 'acme', currency: 'EUR', lines: [{ description: 'x', unit_amount: '9' }] };
  const draft = (await own.post('/v1/invoices', hand)).body.id;
  await own.post('/v1/customers', { key: 'other', name: 'Other', aliases: ['one', 'two'] });
  ids = { draft, invoice, payment, subscription };
});
afterAll(() => api?.stop());

/** Route; a body; what is wrong with it beside what is stored. */
const CASES: readonly (readonly [string, () => Record<string, unknown>, readonly string[]])[] = [
  [
    'POST /v1/invoices',
    () => ({ customer: 'nobody', currency: 'EUR', lines: [{ description: 'x', unit_amount: '1' }] }),
    ['/customer'],
  ],
  ['POST /v1/invoice-drafts/{draft}/discounts', () => ({ name: 'x', amount: '1.001' }), ['/amount']],
  [
    'POST /v1/credit-notes',
    () => ({
      invoice: ids.invoice,
      reason: 'r',
      lines: [{ line: 1, amount: '1.001' }],
      settlement: { credit: '0.001' },
    }),
    ['/lines/0/amount', '/settlement/credit'],
  ],
  ['POST /v1/credit-notes', () => ({ invoice: NOBODY, reason: 'r', full: true }), ['/invoice']],
  ['POST /v1/credit-notes/preview', () => ({ invoice: ids.invoice, reason: 'r', amount: '1.001' }), ['/amount']],
  [
    'POST /v1/payments',
    () => ({ invoice: ids.invoice, amount: '1', currency: 'USD', received_on: '2199-01-01', method: 'card' }),
    ['/currency', '/received_on'],
  ],
  [
    'POST /v1/payments',
    () => ({ invoice: NOBODY, amount: '1', currency: 'EUR', received_on: '2025-01-01', method: 'card' }),
    ['/invoice'],
  ],
  ['POST /v1/payments/{payment}/refunds', () => ({ amount: '1.001', reason: 'r' }), ['/amount']],
  [
    'POST /v1/billing-runs',
    () => ({ period: '2025-03', customers: ['acme', 'nobody', 'noone'] }),
    ['/customers/1', '/customers/2'],
  ],
  ['POST /v1/customers', () => ({ key: 'new', name: 'New', tax_rates: ['none'] }), ['/tax_rates/0']],
  [
    'PATCH /v1/customers/acme',
    () => ({ tax_treatment: 'reverse_charge', tax_rates: ['none'] }),
    ['/tax_id', '/tax_rates/0', '/tax_treatment_reason'],
  ],
  [
    'PATCH /v1/organization',
    () => ({ event_max_age_days: 365, tax_rates: ['none'] }),
    ['/event_max_age_days', '/tax_rates/0'],
  ],
  [
    'POST /v1/subscriptions',
    () => ({ customer: 'nobody', plan: 'none', starts_on: '2025-01-01' }),
    ['/customer', '/plan'],
  ],
  ['POST /v1/subscriptions/{subscription}/change', () => ({ plan: 'none', when: '2025-01-02' }), ['/plan', '/when']],
  ['POST /v1/subscriptions/{subscription}/change', () => ({ version: 7, when: 'now' }), ['/version']],
  ['POST /v1/customers/acme/discounts', () => ({ coupon: 'none', subscription: NOBODY }), ['/coupon', '/subscription']],
];

async function ask(route: string, body: unknown): Promise<string[]> {
  const [method, path] = route.split(' ') as [string, string];
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name]);
  const answer = await own.call(method, at, body);
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 422, code: 'invalid_request' });
  const pointers: string[] = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  expect(answer.body.errors.map(({ detail }: { detail: string }) => detail)).not.toContain('');
  return pointers.sort();
}

describe.each(CASES)('%s', (route, body, pointers) => {
  test(`tells ${pointers.join(' and ')}`, async () => {
    expect(await ask(route, body())).toEqual(pointers);
  });

  test(`tells ${pointers.join(' and ')} with what the schema refuses`, async () => {
    expect(await ask(route, { ...body(), ...EXTRA })).toEqual([...pointers, '/surprise'].sort());
  });
});

test('a body that is no object at all is told so', async () => {
  for (const [route] of CASES) for (const body of [null, [], 'text', 7]) expect(await ask(route, body)).not.toEqual([]);
});

test('what is wrong with one line of a credit note does not hide what is wrong with another, nor with where it goes', async () => {
  const lines = [{ line: 1, amount: '0.001' }, { line: 9 }, { line: 2, amount: '999999' }];
  const body = { invoice: ids.invoice, reason: 'r', lines, settlement: { refund: '999', offset: '1.001' } };
  const pointers = ['/lines/0/amount', '/lines/1/line', '/lines/2/amount', '/settlement/offset', '/settlement/refund'];
  expect(await ask('POST /v1/credit-notes', body)).toEqual(pointers);
});

test('customers of a billing run that nobody knows are told beside one that none can be', async () => {
  const body = { ends_after: '2025-03-02', ends_until: '2025-03-01', customers: ['nobody', 7] };
  expect(await ask('POST /v1/billing-runs', body)).toEqual(['/customers/0', '/customers/1', '/ends_until']);
});

test('a tax treatment is judged only by fields that can be read', async () => {
  const body = { tax_treatment: 'reverse_charge', tax_treatment_reason: 'Art. 196', tax_id: 7 };
  expect(await ask('PATCH /v1/customers/acme', body)).toEqual(['/tax_id']);
});

test('all names that are taken are told, not the first', async () => {
  const { body } = await own.post('/v1/customers', { key: 'third', name: 'Third', aliases: ['two', 'free', 'acme'] });
  expect(body).toMatchObject({
    code: 'alias_taken',
    errors: [
      { pointer: '/aliases/0', code: 'alias_taken' },
      { pointer: '/aliases/2', code: 'alias_taken' },
    ],
  });
});
