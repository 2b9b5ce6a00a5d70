import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeCursor } from '#libs/http/paging.ts';
import { liveUsageEntries } from '#libs/metering/live-usage.ts';
import { startTestApi, type TestApi, type TestApiClient } from '../test-server.ts';

let api: TestApi;
let own: { id: number; api: TestApiClient };
let other: { id: number; api: TestApiClient };
let meterId: number;
let groupedId: number;
const NOW = Date.parse('2026-03-15T10:20:00Z');

beforeAll(async () => {
  api = await startTestApi({ now: () => NOW });
  own = await api.organization();
  other = await api.organization();
  const meter = async (client: TestApiClient, fields: Record<string, unknown>) => {
    await client.post('/v1/meters', { name: 'M', event_type: 'e', aggregation: 'sum', value_property: 'v', ...fields });
    const { rows } = await api.owner.query('SELECT max(id) AS id FROM meters');
    return rows[0].id as number;
  };
  meterId = await meter(own.api, { key: 'bytes' });
  groupedId = await meter(own.api, { key: 'grouped', group_by: ['region'] });
  const theirs = await meter(other.api, { key: 'theirs' });
  await put(own.id, meterId, 'acme', '2026-03-01T00:00:00Z', '1.50', 2);
  await put(own.id, meterId, 'acme', '2026-03-01T23:00:00Z', '2.25', 1);
  await put(own.id, meterId, 'acme', '2026-03-02T00:00:00Z', '10', 4);
  await put(own.id, meterId, 'acme', '2026-02-28T23:00:00Z', '100', 5);
  await put(own.id, meterId, 'beta', '2026-03-15T10:00:00Z', '12345678901234567890.123456789', 1);
  await put(own.id, groupedId, 'acme', '2026-03-01T00:00:00Z', '3', 1, '{"region":"eu"}');
  await put(own.id, groupedId, 'acme', '2026-03-01T01:00:00Z', '4', 1, '{"region":null}');
  await put(own.id, groupedId, 'acme', '2026-03-01T02:00:00Z', '5', 1, '{"region":"eu"}');
  await put(other.id, theirs, 'acme', '2026-03-01T00:00:00Z', '777', 7);
});
afterAll(() => api?.stop());

const put = (
  organizationId: number,
  meter: number,
  customer: string,
  hour: string,
  total: string,
  events: number,
  group = '',
) =>
  api.owner.query(
    'INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, group_key, event_count, total, digest, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 1)',
    [organizationId, meter, customer, hour, group, events, total],
  );
const usage = async (query: string, client = own.api) => (await client.get(`/v1/usage?${query}`)).body;
type Row = { customer: string; from: string; to: string; quantity: string; event_count: number; group: unknown };
const brief = (body: { data: Row[] }) =>
  body.data.map(({ customer, from, quantity, event_count }) => [customer, from.slice(0, 13), quantity, event_count]);

describe('usage', () => {
  test('without a range it is this month up to now, exact, per customer', async () => {
    const body = await usage('meter=bytes');
    expect(body).toEqual({
      source: 'database',
      next_cursor: null,
      data: [
        {
          customer: 'acme',
          meter: 'bytes',
          group: null,
          from: '2026-03-01T00:00:00.000Z',
          to: '2026-03-15T11:00:00.000Z',
          quantity: '13.75',
          event_count: 7,
        },
        {
          customer: 'beta',
          meter: 'bytes',
          group: null,
          from: '2026-03-01T00:00:00.000Z',
          to: '2026-03-15T11:00:00.000Z',
          quantity: '12345678901234567890.123456789',
          event_count: 1,
        },
      ],
    });
  });

  test.each([
    [
      'hour',
      [
        ['acme', '2026-02-28T23', '100', 5],
        ['acme', '2026-03-01T00', '1.5', 2],
        ['acme', '2026-03-01T23', '2.25', 1],
        ['acme', '2026-03-02T00', '10', 4],
      ],
    ],
    [
      'day',
      [
        ['acme', '2026-02-28T00', '100', 5],
        ['acme', '2026-03-01T00', '3.75', 3],
        ['acme', '2026-03-02T00', '10', 4],
      ],
    ],
    [
      'month',
      [
        ['acme', '2026-02-01T00', '100', 5],
        ['acme', '2026-03-01T00', '13.75', 7],
      ],
    ],
    ['total', [['acme', '2026-02-01T00', '113.75', 12]]],
  ])('by %s', async (window, expected) => {
    expect(
      brief(
        await usage(`meter=bytes&customer=acme&from=2026-02-01T00:00:00Z&to=2026-04-01T00:00:00Z&window=${window}`),
      ),
    ).toEqual(expected);
  });

  test('the range is half open, cuts windows off, and takes any offset', async () => {
    const body = await usage(
      'meter=bytes&customer=acme&from=2026-03-02T00:00:00%2B01:00&to=2026-03-02T01:00:00%2B01:00&window=day',
    );
    expect(body.data).toMatchObject([
      { from: '2026-03-01T23:00:00.000Z', to: '2026-03-02T00:00:00.000Z', quantity: '2.25' },
    ]);
  });

  test('groups are told apart', async () => {
    const { data } = await usage('meter=grouped&window=day');
    expect(data.map(({ group, quantity }: Row) => [group, quantity])).toEqual(
      expect.arrayContaining([
        [{ region: 'eu' }, '8'],
        [{ region: null }, '4'],
      ]),
    );
    expect(data).toHaveLength(2);
  });

  test('pages go on where they stopped', async () => {
    const range = 'from=2026-02-01T00:00:00Z&to=2026-04-01T00:00:00Z';
    for (const query of [
      `meter=bytes&window=hour&${range}`,
      `meter=grouped&window=day&${range}`,
      `meter=bytes&window=total&${range}`,
    ]) {
      const whole = (await usage(query)).data;
      const paged: Row[] = [];
      for (let cursor = ''; ; ) {
        const page = await usage(`${query}&limit=1${cursor}`);
        paged.push(...page.data);
        if (!page.next_cursor) break;
        cursor = `&cursor=${page.next_cursor}`;
      }
      expect(paged).toEqual(whole);
    }
  });

  test('the running hour of one customer comes from the live view while it has it', async () => {
    const query = 'meter=bytes&customer=beta&from=2026-03-15T10:00:00Z&window=hour';
    expect(await usage(query)).toMatchObject({ source: 'database' });
    const row = {
      organizationId: own.id,
      meterId,
      customer: 'beta',
      hour: new Date('2026-03-15T10:00:00Z'),
      groupKey: '',
      eventCount: '9',
      total: '8.50',
      version: 5n,
    };
    await api.cache.putVersioned(liveUsageEntries([row], NOW));
    expect(await usage(query)).toMatchObject({
      source: 'cache',
      data: [{ customer: 'beta', quantity: '8.5', event_count: 9, from: '2026-03-15T10:00:00.000Z' }],
    });
    // A longer range is never half live.
    expect(await usage('meter=bytes&customer=beta')).toMatchObject({ source: 'database', data: [{ event_count: 1 }] });
  });

  test('another organization sees its own', async () => {
    expect(await usage('meter=bytes', other.api)).toMatchObject({ status: 404, code: 'not_found' });
    expect(brief(await usage('meter=theirs', other.api))).toEqual([['acme', '2026-03-01T00', '777', 7]]);
    expect(await usage('meter=theirs')).toMatchObject({ status: 404 });
  });

  test.each([
    ['', ['/meter']],
    ['meter=bytes&from=2026-03-01T00:30:00Z&to=tomorrow&window=week', ['/from', '/to', '/window']],
    ['meter=bytes&from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z', ['/to']],
    ['meter=bytes&from=2027-01-01T00:00:00Z', ['/from']],
    ['meter=bytes&to=2026-02-01T00:00:00Z', ['/to']],
  ])('%s is refused', async (query, expected) => {
    const body = await usage(query);
    expect([body.status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, expected]);
  });
});

test.each([
  ['/v1/meters', 9_000_000_000_000_000],
  ['/v1/meters', -1],
  ['/v1/usage?meter=bytes', ['a\0', 0, '']],
  ['/v1/usage?meter=bytes', ['a', 0, '\ud800']],
])('a crafted cursor at %s is refused as one, not as a failure of ours', async (path, position) => {
  const { status, body } = await own.api.get(
    `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeCursor(position)}`,
  );
  expect([status, body.errors?.[0]?.code]).toEqual([422, 'invalid_cursor']);
});

describe('reconciliation', () => {
  beforeEach(() => api.owner.query('TRUNCATE record_counts, log_offsets'));

  test('says what became of every record, by days of arrival', async () => {
    const count = (organizationId: number, day: string, outcome: string, records: number) =>
      api.owner.query(
        'INSERT INTO record_counts (organization_id, received_on, outcome, records) VALUES ($1, $2, $3, $4)',
        [organizationId, day, outcome, records],
      );
    await count(own.id, '2026-03-01', 'counted', 100);
    await count(own.id, '2026-03-02', 'counted', 20);
    await count(own.id, '2026-03-02', 'duplicate', 3);
    await count(own.id, '2026-03-02', 'conflict', 1);
    await count(own.id, '2026-03-02', 'dead_letter', 2);
    await count(own.id, '2026-03-02', 'unassigned', 4);
    await count(own.id, '2026-03-03', 'counted', 1000);
    await count(other.id, '2026-03-02', 'counted', 5000);
    expect((await own.api.get('/v1/reconciliation?from=2026-03-01&to=2026-03-03')).body).toEqual({
      from: '2026-03-01',
      to: '2026-03-03',
      records: 130,
      counted: 120,
      unassigned: 4,
      duplicates: 3,
      conflicts: 1,
      dead_letters: 2,
    });
    expect((await other.api.get('/v1/reconciliation?from=1970-01-01&to=2100-01-01')).body).toMatchObject({
      records: 5000,
      counted: 5000,
    });
  });

  test.each([
    ['', ['/from', '/to']],
    ['from=2026-03-02&to=2026-03-02', ['/to']],
    ['from=2026-02-30&to=now', ['/from', '/to']],
  ])('%s is refused', async (query, expected) => {
    const { status, body } = await own.api.get(`/v1/reconciliation?${query}`);
    expect([status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, expected]);
  });
});
