import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestAnswer, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { METER, PLAN } from '#tests/support/catalog.ts';

/* ETag, If-Match and If-None-Match: one way for everything that is shown and changed. */

let api: TestApi;
let organizationId: number;
let own: TestApiClient;

beforeAll(async () => {
  api = await startTestApi();
  ({ id: organizationId, api: own } = await api.organization());
});
afterAll(() => api?.stop());

const outcome = ({ status, body }: TestAnswer) => [status, body?.code];
const tagOf = ({ headers }: TestAnswer) => headers.get('etag') as string;
const send = (method: string, path: string, body: unknown, tag: string, headers = {}) =>
  own.call(method, path, body, { 'if-match': tag, ...headers });

let made = 0;
const name = () => `n-${++made}`;
async function made1(path: string, body: Record<string, unknown>, suffix = ''): Promise<string> {
  const { status, body: told } = await own.post(path, body);
  expect([status, told]).toMatchObject([201, {}]);
  return `${path}/${told.key ?? told.id}${suffix}`;
}
const customer = () => made1('/v1/customers', { key: name(), name: 'N' });
const coupon = () => made1('/v1/coupons', { key: name(), name: 'C', percent: '10', duration: 'forever' });
const plan = () => made1('/v1/plans', { ...PLAN, key: name(), charges: PLAN.charges.slice(0, 1) });
const meter = () => made1('/v1/meters', { ...METER, key: name() });
const rate = () => made1('/v1/tax-rates', { key: name(), name: 'VAT', percent: '20', valid_from: '2020-01-01' });
const lines = ['120', '80'].map((unit_amount) => ({ description: 'Consulting', unit_amount }));
async function draft(): Promise<string> {
  const [, , , key] = (await customer()).split('/');
  const { body } = await own.post('/v1/invoices', { customer: key, currency: 'EUR', lines });
  return `/v1/invoice-drafts/${body.id}`;
}
async function discounted(): Promise<string> {
  const at = await draft();
  await own.post(`${at}/discounts`, { name: 'D', percent: '10' });
  return at;
}
const draftPlan = () => made1('/v1/plans', { ...PLAN, key: name(), charges: PLAN.charges.slice(0, 1), state: 'draft' });
const { name: planName, currency, charges } = PLAN;

/** Each with what it is shown by and a change of it. */
const CHANGES: readonly (readonly [
  string,
  () => Promise<string>,
  string,
  (at: string, seen: TestAnswer['body']) => string,
  unknown,
])[] = [
  ['PATCH /v1/customers/{key}', customer, 'PATCH', (at) => at, { name: 'New' }],
  ['PATCH /v1/organization', async () => '/v1/organization', 'PATCH', (at) => at, { name: 'New' }],
  ['PATCH /v1/coupons/{key}', coupon, 'PATCH', (at) => at, { name: 'New' }],
  ['POST /v1/coupons/{key}/archive', coupon, 'POST', (at) => `${at}/archive`, undefined],
  [
    'PUT /v1/plans/{key}/versions/{version}',
    draftPlan,
    'PUT',
    (at) => `${at}/versions/1`,
    { name: planName, currency, charges: charges.slice(0, 1) },
  ],
  [
    'POST /v1/plans/{key}/versions/{version}/activate',
    draftPlan,
    'POST',
    (at) => `${at}/versions/1/activate`,
    undefined,
  ],
  ['POST /v1/plans/{key}/versions/{version}/archive', plan, 'POST', (at) => `${at}/versions/1/archive`, undefined],
  ['POST /v1/meters/{key}/archive', meter, 'POST', (at) => `${at}/archive`, undefined],
  ['POST /v1/meters/{key}/versions', meter, 'POST', (at) => `${at}/versions`, { name: 'Calls', event_type: 'other' }],
  ['POST /v1/tax-rates/{key}/end', rate, 'POST', (at) => `${at}/end`, { valid_to: '2030-01-01' }],
  ['PATCH /v1/invoice-drafts/{id}', draft, 'PATCH', (at) => at, { payment_terms_days: 3 }],
  ['DELETE /v1/invoice-drafts/{id}', draft, 'DELETE', (at) => at, undefined],
  ['POST /v1/invoice-drafts/{id}/lines', draft, 'POST', (at) => `${at}/lines`, lines[0]],
  ['POST /v1/invoice-drafts/{id}/discounts', draft, 'POST', (at) => `${at}/discounts`, { name: 'D', percent: '10' }],
  [
    'DELETE /v1/invoice-drafts/{id}/lines/{line}',
    draft,
    'DELETE',
    (at, seen) => `${at}/lines/${seen.manual_lines[0].id}`,
    undefined,
  ],
  [
    'DELETE /v1/invoice-drafts/{id}/discounts/{discount}',
    discounted,
    'DELETE',
    (at, seen) => `${at}/discounts/${seen.manual_discounts[0].id}`,
    undefined,
  ],
];

describe.each(CHANGES)('%s', (_name, make, method, target, body) => {
  test('is made if it is as it was seen, and only then', async () => {
    const shown = await make();
    const seen = await own.get(shown);
    const path = target(shown, seen.body);
    expect(tagOf(seen)).toMatch(/^"[\w-]{27}(-gzip|-br)?"$/);
    expect(outcome(await send(method, path, body, '"another"'))).toEqual([412, 'precondition_failed']);
    expect(outcome(await send(method, path, body, `W/${tagOf(seen)}`))).toEqual([412, 'precondition_failed']);
    expect((await own.get(shown)).body).toEqual(seen.body);
    const answer = await send(method, path, body, `"another", ${tagOf(seen)}`);
    expect(answer.body.code).toBeUndefined();
    expect(answer.status).toBeLessThan(300);
    if (method === 'PATCH' || method === 'PUT') expect(tagOf(answer)).toBe(tagOf(await own.get(shown)));
  });
});

/** All that takes none, and why. */
const TAKES_NONE = [
  // One step that happens once.
  'DELETE /v1/api-keys/{id}',
  'DELETE /v1/exchange-rates/{id}',
  'DELETE /v1/customers/{key}/discounts/{id}',
  'DELETE /v1/customers/{key}/tokens',
  'DELETE /v1/invoices/{id}/mark-uncollectible',
  'DELETE /v1/organizations/{id}',
  'DELETE /v1/subscriptions/{id}/cancellation',
  'DELETE /v1/subscriptions/{id}/changes/{change}',
];

test('every change takes If-Match, or is named here', () => {
  const named = (some: TestApi['routes']) => some.map(({ method, path }) => `${method} ${path}`).sort();
  const changing = api.routes.filter(({ method }) => ['PATCH', 'PUT', 'DELETE'].includes(method));
  expect(named(changing.filter(({ matches }) => !matches))).toEqual([...TAKES_NONE].sort());
  expect(named(api.routes.filter(({ matches }) => matches))).toEqual(CHANGES.map(([one]) => one).sort());
});

test('a route that takes none refuses it instead of overlooking it', async () => {
  for (const [method, path] of [
    ['DELETE', '/v1/exchange-rates/0197a000-0000-7000-8000-000000000000'],
    ['POST', '/v1/customers'],
  ] as const) {
    const body = method === 'POST' ? { key: 'never', name: 'N' } : undefined;
    expect(outcome(await send(method, path, body, '*'))).toEqual([400, 'if_match_not_taken']);
  }
  expect((await own.get('/v1/customers/never')).status).toBe(404);
});

test('of many who saw the same one has their way', async () => {
  const at = await customer();
  const tag = tagOf(await own.get(at));
  const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => send('PATCH', at, { name: `N${i}` }, tag)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 412]));
});

test('who waits for the lock sees what its holder made', async () => {
  const at = await customer();
  const key = at.split('/').at(-1);
  const tag = tagOf(await own.get(at));
  const client = await api.owner.connect();
  try {
    await client.query('BEGIN');
    await client.query("UPDATE customers SET name = 'Theirs' WHERE organization_id = $1 AND key = $2", [
      organizationId,
      key,
    ]);
    const answer = send('PATCH', at, { email: 'a@b.example' }, tag);
    for (;;) {
      const { rows } = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if (rows.length > 0) break;
    }
    await client.query('COMMIT');
    expect(outcome(await answer)).toEqual([412, 'precondition_failed']);
  } finally {
    client.release(true);
  }
  expect((await own.get(at)).body).toMatchObject({ name: 'Theirs', email: null });
});

test('what is not there stays so, and a refused precondition is not stored with a key', async () => {
  expect(outcome(await send('PATCH', '/v1/customers/none', { name: 'N' }, '*'))).toEqual([404, 'not_found']);
  const at = await coupon();
  const key = { 'idempotency-key': name() };
  expect((await send('POST', `${at}/archive`, undefined, '"another"', key)).status).toBe(412);
  const tag = tagOf(await own.get(at));
  const done = await send('POST', `${at}/archive`, undefined, tag, key);
  expect([done.status, done.headers.get('idempotency-replayed')]).toEqual([200, null]);
  // The tag is an old one by now; what was done is told again all the same.
  const again = await send('POST', `${at}/archive`, undefined, tag, key);
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
});

test('If-None-Match: who has it is not sent it again', async () => {
  const at = await customer();
  const tag = tagOf(await own.get(at));
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
    const answer = await own.get(at, { 'if-none-match': known });
    expect([answer.status, answer.bytes.length, tagOf(answer)]).toEqual([304, 0, tag]);
  }
  expect((await own.get(at, { 'if-none-match': '"x"' })).status).toBe(200);
  const list = await own.get('/v1/customers');
  expect((await own.get('/v1/customers', { 'if-none-match': tagOf(list) })).status).toBe(304);
  expect((await own.get('/v1/customers/none', { 'if-none-match': '*' })).status).toBe(404);
});
