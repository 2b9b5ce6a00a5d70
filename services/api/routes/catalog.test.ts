import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { waitFor } from '#tests/support/wait-for.ts';

let api: TestApi;
let own: { id: number; adminKey: string; api: TestApiClient };
let other: { id: number; api: TestApiClient };

const PLAN = {
  key: 'growth',
  name: 'Growth',
  currency: 'USD',
  charges: [
    { key: 'fee', name: 'Fee', price: { model: 'flat', amount: '49.00' } },
    {
      key: 'calls',
      name: 'Calls',
      meter: 'calls',
      price: {
        model: 'graduated',
        tiers: [
          { up_to: '500', unit_amount: '0' },
          { up_to: null, unit_amount: '0.012', flat_amount: '5' },
        ],
      },
    },
  ],
};
const METER = { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' };

beforeAll(async () => {
  api = await startTestApi();
  own = await api.organization({ name: 'Own' });
  other = await api.organization({ name: 'Other' });
  for (const { api: client } of [own, other]) {
    await client.post('/v1/meters', METER);
    await client.post('/v1/plans', PLAN);
  }
});
afterAll(() => api?.stop());

let counter = 0;
const newCustomer = async (fields: Record<string, unknown> = {}, client = own.api): Promise<string> => {
  const key = `customer-${++counter}`;
  const { status, body } = await client.post('/v1/customers', { key, name: key, ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return key;
};
const pointers = (body: { errors: { pointer: string }[] }) => body.errors.map(({ pointer }) => pointer);
const allOf = async (path: string, client = own.api): Promise<Record<string, unknown>[]> => {
  const found: Record<string, unknown>[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await client.get(`${path}${path.includes('?') ? '&' : '?'}limit=2${cursor}`);
    found.push(...body.data);
    if (!body.next_cursor) return found;
    cursor = `&cursor=${body.next_cursor}`;
  }
};

describe('organizations', () => {
  test('the operator creates one, its admin key is shown once and works', async () => {
    const { status, body, headers } = await api.operator.post('/v1/organizations', {
      name: 'New',
      grace_minutes: 0,
      event_max_age_days: 70,
      time_zone: 'Europe/Berlin',
      seller: { name: 'New GmbH', address_lines: ['Weg 1'] },
    });
    expect([status, headers.get('location')]).toEqual([201, '/v1/organization']);
    expect(body.admin_key).toMatch(/^tb_live_[\w-]{43}$/);
    const own = await api.clientOf(body.admin_key).get('/v1/organization');
    const { admin_key: _key, ...rest } = body;
    expect(own.body).toEqual(rest);
    expect(own.body).toMatchObject({
      name: 'New',
      grace_minutes: 0,
      event_max_age_days: 70,
      event_max_ahead_seconds: 300,
      payment_terms_days: 14,
      time_zone: 'Europe/Berlin',
    });
    const { rows } = await api.owner.query(
      "SELECT count(*)::integer AS found FROM api_keys WHERE encode(digest, 'escape') LIKE '%tb_live%' OR prefix LIKE $1",
      [`${body.admin_key.slice(0, 13)}%`],
    );
    expect(rows[0].found).toBe(0);
  });

  test('all faults are listed', async () => {
    const { status, body } = await api.operator.post('/v1/organizations', {
      name: ' ',
      event_max_age_days: 101,
      grace_minutes: -1,
      time_zone: '+02:00',
      seller: { email: 'no', phone: '1' },
    });
    expect(status).toBe(422);
    expect(pointers(body).sort()).toEqual([
      '/event_max_age_days',
      '/grace_minutes',
      '/name',
      '/seller/email',
      '/seller/phone',
      '/time_zone',
    ]);
  });

  test('its admin changes settings, one by one', async () => {
    const { api: client } = await api.organization({ name: 'Before', grace_minutes: 5 });
    expect((await client.patch('/v1/organization', { name: 'After' })).body).toMatchObject({
      name: 'After',
      grace_minutes: 5,
    });
    expect((await client.patch('/v1/organization', { seller: { name: 'S' } })).body).toMatchObject({
      name: 'After',
      seller: { name: 'S' },
    });
    expect((await client.patch('/v1/organization', { id: 1 })).status).toBe(422);
  });
});

describe('API keys', () => {
  test('a key opens what its scopes say until it is revoked', async () => {
    const { api: admin } = await api.organization();
    const created = await admin.post('/v1/api-keys', { name: 'reader', scopes: ['read'] });
    expect(created.status).toBe(201);
    const reader = api.clientOf(created.body.key);
    expect((await reader.get('/v1/customers')).status).toBe(200);
    expect((await admin.get('/v1/api-keys')).body.data).toMatchObject([
      { name: 'First admin key' },
      { id: created.body.id, prefix: created.body.key.slice(0, 12), revoked_at: null },
    ]);
    expect(JSON.stringify((await admin.get('/v1/api-keys')).body)).not.toContain(created.body.key);
    expect((await admin.delete(`/v1/api-keys/${created.body.id}`)).status).toBe(204);
    await waitFor(async () => (await reader.get('/v1/customers')).status === 401, {
      timeoutMs: 3000,
      describe: 'the revoked key to be refused',
    });
    expect((await admin.delete(`/v1/api-keys/${created.body.id}`)).status).toBe(404);
  });

  test('the last admin key stays, also when two revoke each other at once', async () => {
    const { api: first, id } = await api.organization();
    const second = await first.post('/v1/api-keys', { name: 'second', scopes: ['admin'] });
    const keys = (await first.get('/v1/api-keys')).body.data as { id: string }[];
    const answers = await Promise.all(keys.map((key) => first.delete(`/v1/api-keys/${key.id}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('last_admin_key');
    const { rows } = await api.owner.query(
      'SELECT count(*)::integer AS live FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL',
      [id],
    );
    expect([second.status, rows[0].live]).toEqual([201, 1]);
  });

  test.each([
    [{ name: 'x', scopes: [] }],
    [{ name: 'x', scopes: ['all'] }],
    [{ name: 'x', scopes: ['read', 'read'] }],
    [{ name: 'x', scopes: ['operator'] }],
  ])('%j is refused', async (body) => {
    expect((await own.api.post('/v1/api-keys', body)).status).toBe(422);
  });
});

describe('meters', () => {
  test('a meter is created, found, listed', async () => {
    const input = {
      key: 'bytes',
      name: 'Bytes',
      event_type: 'transfer',
      aggregation: 'sum',
      value_property: 'bytes',
      group_by: ['region'],
      effective_from: '2026-01-01T01:00:00+01:00',
    };
    const { status, body, headers } = await own.api.post('/v1/meters', input);
    expect([status, headers.get('location')]).toEqual([201, '/v1/meters/bytes']);
    expect(body).toMatchObject({ ...input, effective_from: '2026-01-01T00:00:00.000Z', archived_at: null });
    expect((await own.api.get('/v1/meters/bytes')).body).toEqual(body);
    expect(await allOf('/v1/meters')).toContainEqual(body);
    expect((await other.api.get('/v1/meters/bytes')).status).toBe(404);
  });

  test('a key is taken once, and the catalogue moves only when something changed', async () => {
    const version = async () => (await api.owner.query('SELECT version FROM catalog_version')).rows[0].version;
    const before = await version();
    const { status, body } = await own.api.post('/v1/meters', METER);
    expect([status, body.code, await version()]).toEqual([409, 'already_exists', before]);
    await own.api.post('/v1/meters', { ...METER, key: 'moves' });
    expect(await version()).toBe(String(BigInt(before) + 1n));
  });

  test.each([
    [
      { key: 'a b', name: '', event_type: 1, aggregation: 'count', value_property: 'x' },
      ['/key', '/name', '/event_type', '/value_property'],
    ],
    [{ key: 'ok', name: 'n', event_type: 'e', aggregation: 'sum' }, ['/value_property']],
    [{ key: 'ok', name: 'n', event_type: 'e', aggregation: 'median', unit: 'x' }, ['/aggregation', '/unit']],
    [
      {
        key: 'ok',
        name: 'n',
        event_type: 'e',
        aggregation: 'count',
        group_by: ['a', 'a'],
        effective_from: 'yesterday',
      },
      ['/group_by', '/effective_from'],
    ],
  ])('%j names every fault', async (input, expected) => {
    const { status, body } = await own.api.post('/v1/meters', input);
    expect([status, [...new Set(pointers(body))].sort()]).toEqual([422, [...expected].sort()]);
  });

  test('a change waits for the batch in hand and holds up nobody for long', async () => {
    const gate = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const batch = inTransaction(api.worker, async (tx) => {
      await lockCatalogShared(tx);
      locked.resolve();
      await gate.promise;
    });
    await locked.promise;
    const creating = own.api.post('/v1/meters', { ...METER, key: 'waits' });
    const isWaiting = async () =>
      (
        await api.owner.query(
          "SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
      ).rowCount === 1;
    await waitFor(isWaiting, { describe: 'the change to wait for the lock' });
    // It gives up after 2 s, lets batches pass, and tries again.
    await waitFor(async () => !(await isWaiting()), { describe: 'the change to step aside' });
    gate.resolve();
    await batch;
    expect((await creating).status).toBe(201);
  });

  test('archiving ends a meter once; one that bills somebody stays', async () => {
    await own.api.post('/v1/meters', { ...METER, key: 'unused' });
    const archived = await own.api.post('/v1/meters/unused/archive');
    expect([archived.status, archived.body.archived_at]).toEqual([200, expect.any(String)]);
    expect((await own.api.post('/v1/meters/unused/archive')).body).toEqual(archived.body);
    const refused = await own.api.post('/v1/plans', {
      ...PLAN,
      key: 'late',
      charges: [{ ...PLAN.charges[1], meter: 'unused' }],
    });
    expect([refused.status, refused.body.errors[0]]).toEqual([
      422,
      expect.objectContaining({ pointer: '/charges/0/meter', code: 'archived_meter' }),
    ]);
    const customer = await newCustomer();
    await own.api.post('/v1/subscriptions', { customer, plan: 'growth', starts_on: '2026-01-01' });
    expect((await own.api.post('/v1/meters/calls/archive')).body).toMatchObject({ status: 409, code: 'meter_in_use' });
    expect((await own.api.post('/v1/meters/nothing/archive')).status).toBe(404);
  });
});

describe('customers', () => {
  test('any printable key works, in bodies and in paths', async () => {
    for (const key of ['acme', 'https://x.example/a?b#c', 'naïve 株式会社', 'a%20b', 'x'.repeat(255)]) {
      const created = await own.api.post('/v1/customers', {
        key,
        name: 'N',
        email: 'a@b.example',
        address_lines: ['Street 1', 'City'],
        tax_id: 'DE1',
        time_zone: 'Asia/Tokyo',
      });
      expect(created.status).toBe(201);
      expect((await own.api.get(created.headers.get('location') as string)).body).toEqual(created.body);
    }
  });

  test('a key is taken once, by organization', async () => {
    const key = await newCustomer();
    expect((await own.api.post('/v1/customers', { key, name: 'Again' })).body).toMatchObject({
      status: 409,
      code: 'already_exists',
    });
    expect((await other.api.get(`/v1/customers/${key}`)).status).toBe(404);
    expect((await other.api.patch(`/v1/customers/${key}`, { name: 'Stolen' })).status).toBe(404);
    expect((await other.api.post('/v1/customers', { key, name: 'Theirs' })).status).toBe(201);
    expect((await own.api.get(`/v1/customers/${key}`)).body.name).toBe(key);
  });

  test.each([
    [{}, ['/key', '/name']],
    [
      { key: '..', name: 'a\nb', email: 'x', address_lines: ['', 2], tax_id: '', time_zone: 'Mars/Base', vip: true },
      ['/address_lines/0', '/address_lines/1', '/email', '/key', '/name', '/tax_id', '/time_zone', '/vip'],
    ],
    [{ key: 'a\u0000', name: '\ud800' }, ['/key', '/name']],
  ])('%j names every fault', async (input, expected) => {
    const { status, body } = await own.api.post('/v1/customers', input);
    expect(status).toBe(422);
    expect([...new Set(pointers(body))].sort()).toEqual(expected);
  });

  test('a change touches what it names, and null takes away', async () => {
    const key = await newCustomer({ email: 'a@b.example', tax_id: 'X' });
    const { status, body } = await own.api.patch(`/v1/customers/${key}`, { name: 'New', tax_id: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'New', tax_id: null, email: 'a@b.example' });
    expect((await own.api.patch(`/v1/customers/${key}`, { key: 'other' })).status).toBe(422);
  });

  test('a list goes on where it stopped', async () => {
    const { api: client } = await api.organization();
    const keys: string[] = [];
    for (let i = 0; i < 5; i++) keys.push(await newCustomer({}, client));
    expect((await allOf('/v1/customers', client)).map(({ key }) => key)).toEqual(keys);
    expect((await client.get('/v1/customers?limit=5')).body.next_cursor).toBeNull();
  });
});

describe('plans', () => {
  test('the same key again is the next version; the old one stays', async () => {
    const first = await own.api.post('/v1/plans', { ...PLAN, key: 'versions' });
    expect([first.status, first.headers.get('location')]).toEqual([201, '/v1/plans/versions?version=1']);
    expect(first.body).toMatchObject({ ...PLAN, key: 'versions', version: 1 });
    const second = await own.api.post('/v1/plans', { ...PLAN, key: 'versions', name: 'Second' });
    expect(second.body).toMatchObject({ version: 2, name: 'Second' });
    expect((await own.api.get('/v1/plans/versions')).body).toEqual(second.body);
    expect((await own.api.get('/v1/plans/versions?version=1')).body).toEqual(first.body);
    expect((await own.api.get('/v1/plans/versions?version=3')).status).toBe(404);
    expect((await other.api.get('/v1/plans/versions')).status).toBe(404);
    expect(await allOf('/v1/plans')).toEqual(expect.arrayContaining([first.body, second.body]));
  });

  test('versions made at once are numbered without doubles', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => own.api.post('/v1/plans', { ...PLAN, key: 'race' })),
    );
    expect(answers.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    [{ ...PLAN, currency: 'usd', charges: [] }, ['/charges', '/currency']],
    [
      {
        ...PLAN,
        charges: [
          { key: 'a', name: 'A', meter: 'calls', price: { model: 'per_unit', unit_amount: -1 } },
          { key: 'b', name: 'B', price: { model: 'guess' } },
        ],
      },
      ['/charges/0/price/unit_amount', '/charges/1/price/model'],
    ],
    [
      {
        ...PLAN,
        charges: [
          {
            key: 'a',
            name: 'A',
            meter: 'calls',
            price: {
              model: 'graduated',
              tiers: [
                { up_to: '10', unit_amount: '1' },
                { up_to: '5', unit_amount: '1' },
                { up_to: '9', unit_amount: 'x' },
              ],
            },
          },
        ],
      },
      ['/charges/0/price/tiers/1/up_to', '/charges/0/price/tiers/2/unit_amount', '/charges/0/price/tiers/2/up_to'],
    ],
    [
      {
        ...PLAN,
        charges: [
          { key: 'a', name: 'A', price: { model: 'per_unit', unit_amount: '1' } },
          { key: 'a', name: 'B', meter: 'calls', price: { model: 'flat', amount: '1' } },
        ],
      },
      ['/charges/0/meter', '/charges/1/key', '/charges/1/meter'],
    ],
    [{ ...PLAN, charges: [PLAN.charges[1], { ...PLAN.charges[1], key: 'again' }] }, ['/charges/1/meter']],
    [
      {
        ...PLAN,
        charges: [
          { ...PLAN.charges[1], meter: 'nope' },
          PLAN.charges[0],
          { ...PLAN.charges[1], key: 'k', meter: 'nada' },
        ],
      },
      ['/charges/0/meter', '/charges/2/meter'],
    ],
    [
      { name: 'N', charges: [PLAN.charges[0], { ...PLAN.charges[0], name: 7 }, 'x'] },
      ['/charges/1/key', '/charges/1/name', '/charges/2', '/currency', '/key'],
    ],
  ])('plan %# names every fault', async (input, expected) => {
    const { status, body } = await own.api.post('/v1/plans', input);
    expect([status, [...new Set(pointers(body))].sort()]).toEqual([422, expected]);
  });

  test('a meter of another organization does not exist', async () => {
    await other.api.post('/v1/meters', { ...METER, key: 'theirs' });
    const { body } = await own.api.post('/v1/plans', { ...PLAN, charges: [{ ...PLAN.charges[1], meter: 'theirs' }] });
    expect(body.errors).toMatchObject([{ pointer: '/charges/0/meter', code: 'unknown_meter' }]);
  });
});

describe('subscriptions', () => {
  test('a customer goes on a plan; the zone is pinned', async () => {
    const customer = await newCustomer({ time_zone: 'America/New_York' });
    const { status, body, headers } = await own.api.post('/v1/subscriptions', {
      customer,
      plan: 'growth',
      starts_on: '2026-10-01',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      customer,
      plan: 'growth',
      version: 1,
      starts_on: '2026-10-01',
      ends_on: null,
      time_zone: 'America/New_York',
    });
    await own.api.patch(`/v1/customers/${customer}`, { time_zone: 'UTC' });
    expect((await own.api.get(headers.get('location') as string)).body).toEqual(body);
    expect((await own.api.get(`/v1/subscriptions?customer=${customer}`)).body.data).toEqual([body]);
    expect((await other.api.get(`/v1/subscriptions/${body.id}`)).status).toBe(404);
    expect((await other.api.get(`/v1/subscriptions?customer=${customer}`)).body.data).toEqual([]);
  });

  test.each([
    [{ customer: 'nobody' }, '/customer', 'unknown_customer'],
    [{ plan: 'nothing' }, '/plan', 'unknown_plan'],
    [{ version: 9 }, '/version', 'unknown_version'],
    [{ ends_on: '2026-01-01' }, '/ends_on', undefined],
    [{ starts_on: '2026-02-30' }, '/starts_on', undefined],
    [{ starts_on: '2026-01-01T00:00:00Z' }, '/starts_on', undefined],
  ])('%j is refused', async (changes, pointer, code) => {
    const customer = await newCustomer();
    const { status, body } = await own.api.post('/v1/subscriptions', {
      customer,
      plan: 'growth',
      starts_on: '2026-01-01',
      ...changes,
    });
    expect([status, pointers(body)]).toEqual([422, [pointer]]);
    if (code) expect(body.errors[0].code).toBe(code);
  });

  test.each(['Asia/Kolkata', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'also where days begin within an hour: %s',
    async (time_zone) => {
      const customer = await newCustomer({ time_zone });
      const { status, body } = await own.api.post('/v1/subscriptions', {
        customer,
        plan: 'growth',
        starts_on: '2026-01-01',
      });
      expect([status, body.time_zone]).toEqual([201, time_zone]);
    },
  );

  test('the same usage is never billed by two', async () => {
    const customer = await newCustomer();
    const subscribe = (fields: Record<string, unknown>) =>
      own.api.post('/v1/subscriptions', { customer, plan: 'growth', ...fields });
    expect((await subscribe({ starts_on: '2026-02-01', ends_on: '2026-04-01' })).status).toBe(201);
    for (const term of [
      { starts_on: '2026-03-31' },
      { starts_on: '2026-01-01' },
      { starts_on: '2026-01-01', ends_on: '2026-02-02' },
    ]) {
      expect((await subscribe(term)).body).toMatchObject({ status: 409, code: 'subscriptions_overlap' });
    }
    expect((await subscribe({ starts_on: '2026-01-01', ends_on: '2026-02-01' })).status).toBe(201);
    expect((await subscribe({ starts_on: '2026-04-01' })).status).toBe(201);
  });

  test('a zone that moved in between counts: compared are instants, not dates', async () => {
    const customer = await newCustomer({ time_zone: 'America/New_York' });
    const subscribe = (fields: Record<string, unknown>) =>
      own.api.post('/v1/subscriptions', { customer, plan: 'growth', ...fields });
    await subscribe({ starts_on: '2026-01-01', ends_on: '2026-02-01' });
    await own.api.patch(`/v1/customers/${customer}`, { time_zone: 'Asia/Tokyo' });
    // The first of February begins in Tokyo while it is still January in New York.
    expect((await subscribe({ starts_on: '2026-02-01' })).status).toBe(409);
    expect((await subscribe({ starts_on: '2026-02-02' })).status).toBe(201);
  });

  test('of many at once for one customer one is made', async () => {
    const customer = await newCustomer();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        own.api.post('/v1/subscriptions', { customer, plan: 'growth', starts_on: '2026-01-01' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  test('fees alone may overlap', async () => {
    await own.api.post('/v1/plans', { ...PLAN, key: 'support', charges: [PLAN.charges[0]] });
    const customer = await newCustomer();
    for (let i = 0; i < 2; i++)
      expect(
        (await own.api.post('/v1/subscriptions', { customer, plan: 'support', starts_on: '2026-01-01' })).status,
      ).toBe(201);
  });
});

describe('changes', () => {
  test('each change is told once and in order, to its own organization', async () => {
    const { api: client, id } = await api.organization({ name: 'Feed' });
    await client.post('/v1/meters', METER);
    await client.post('/v1/plans', PLAN);
    const customer = await newCustomer({}, client);
    await client.post('/v1/customers', { key: customer, name: 'refused' });
    await client.patch(`/v1/customers/${customer}`, { name: 'Renamed' });
    await client.post('/v1/subscriptions', { customer, plan: 'growth', starts_on: '2026-01-01' });
    const seen: { type: string; data: { name?: string } }[] = [];
    let cursor: string | null = null;
    const readOn = async () => {
      const { body } = await client.get(`/v1/changes?limit=2${cursor ? `&after=${cursor}` : ''}`);
      seen.push(...body.data);
      cursor = body.next_cursor;
      return body.data.length as number;
    };
    const expected = [
      'organization.created',
      'meter.created',
      'plan.created',
      'customer.created',
      'customer.updated',
      'subscription.created',
    ];
    await waitFor(async () => (await readOn()) === 0 && seen.length >= expected.length, {
      describe: () => `all changes; seen ${JSON.stringify(seen.map(({ type }) => type))}`,
    });
    expect(seen.map(({ type }) => type)).toEqual(expected);
    expect(seen[4]?.data.name).toBe('Renamed');
    expect(JSON.stringify(seen)).not.toMatch(/tb_live_[\w-]{20}/);
    expect(seen[0]).toMatchObject({ subject: String(id) });
    expect(await readOn()).toBe(0);
  });

  test('a transaction that is still open is not overtaken', async () => {
    const { api: client, id } = await api.organization({ name: 'Slow' });
    const types = async () =>
      ((await client.get('/v1/changes')).body.data as { type: string }[]).map(({ type }) => type);
    await waitFor(async () => (await types()).length === 1, { describe: 'the first change' });
    const slow = await api.owner.connect();
    await slow.query('BEGIN');
    await slow.query(
      "INSERT INTO outbox (organization_id, type, subject, data) VALUES ($1, 'slow.change', '1', '{}')",
      [id],
    );
    await newCustomer({}, client);
    expect(await types()).toEqual(['organization.created']);
    await slow.query('COMMIT');
    slow.release();
    await waitFor(async () => (await types()).length === 3, { describe: 'both changes' });
    expect(await types()).toEqual(['organization.created', 'slow.change', 'customer.created']);
  });
});
