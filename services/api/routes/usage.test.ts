import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UsageEvent } from '#libs/events/event.ts';
import { encodeCursor } from '#libs/http/paging.ts';
import { liveUsageEntries } from '#libs/metering/live-usage.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { createFeed, type Feed, usageEvent } from '#tests/support/metering.ts';

let api: TestApi;
let own: { id: number; api: TestApiClient };
let other: { id: number; api: TestApiClient };
let bytesId: number;
let feed: Feed;
const NOW = Date.parse('2026-03-15T10:20:00Z');

let serial = 0;
const used = (customer: string, time: string, v: string, over: Partial<UsageEvent> = {}): UsageEvent =>
  usageEvent(`e${++serial}`, { type: 'e', customer, time: Date.parse(time), properties: { v }, ...over });
const grouped = (time: string, v: string, properties: UsageEvent['properties']) =>
  used('acme', time, v, { type: 'g', properties: { v, ...properties } });

beforeAll(async () => {
  api = await startTestApi({ now: () => NOW });
  own = await api.organization();
  other = await api.organization();
  const meter = (client: TestApiClient, fields: Record<string, unknown>) =>
    client.post('/v1/meters', { name: 'M', event_type: 'e', aggregation: 'sum', value_property: 'v', ...fields });
  await meter(own.api, { key: 'bytes' });
  for (const aggregation of ['avg', 'min', 'max', 'latest', 'unique', 'weighted_sum'])
    await meter(own.api, { key: aggregation, aggregation });
  await meter(own.api, { key: 'grouped', event_type: 'g', group_by: ['region', 'size'] });
  await meter(other.api, { key: 'theirs' });
  bytesId = (await api.owner.query("SELECT id FROM meters WHERE key = 'bytes'")).rows[0].id;
  feed = await createFeed(api.worker);
  await feed(
    own.id,
    [
      used('acme', '2026-03-01T00:10:00Z', '1'),
      used('acme', '2026-03-01T00:40:00Z', '0.50'),
      used('acme', '2026-03-01T23:20:00Z', '2.25'),
      used('acme', '2026-03-02T00:00:00Z', '10'),
      used('acme', '2026-02-28T23:59:59.999Z', '100'),
      used('beta', '2026-03-15T10:00:00Z', '12345678901234567890.123456789'),
      used('named', '2026-03-15T10:00:00Z', '1', { subscription: 's1' }),
      used('named', '2026-03-15T10:00:00Z', '2'),
      used('=cmd|calc', '2026-03-15T09:00:00Z', '-3'),
      grouped('2026-03-01T00:00:00Z', '3', { region: 'eu', size: 1 }),
      grouped('2026-03-01T01:00:00Z', '4', {}),
      grouped('2026-03-01T02:00:00Z', '5', { region: 'eu', size: 2 }),
      grouped('2026-03-01T02:00:00Z', '6', { region: 'a "b",c', size: 2 }),
    ],
    new Date(NOW),
  );
  await feed(other.id, [used('acme', '2026-03-01T00:00:00Z', '777')], new Date(NOW));
});
afterAll(() => api?.stop());

const usage = async (query: string, client = own.api) => (await client.get(`/v1/usage?${query}`)).body;
type Row = { customer: string; from: string; to: string; quantity: string; event_count: number; group: unknown };
const brief = (body: { data: Row[] }) =>
  body.data.map(({ customer, from, quantity, event_count }) => [customer, from.slice(0, 16), quantity, event_count]);

describe('usage', () => {
  test('without a range it is this month up to now, exact, per customer', async () => {
    const body = await usage('meter=bytes');
    expect(body).toMatchObject({ source: 'database', next_cursor: null });
    expect(body.data[1]).toEqual({
      customer: 'acme',
      meter: 'bytes',
      group: null,
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-15T11:00:00.000Z',
      quantity: '13.75',
      event_count: 4,
    });
    expect(brief(body)).toEqual([
      ['=cmd|calc', '2026-03-01T00:00', '-3', 1],
      ['acme', '2026-03-01T00:00', '13.75', 4],
      ['beta', '2026-03-01T00:00', '12345678901234567890.123456789', 1],
      ['named', '2026-03-01T00:00', '3', 2],
    ]);
  });

  test.each([
    [
      'hour',
      'UTC',
      [
        ['acme', '2026-02-28T23:00', '100', 1],
        ['acme', '2026-03-01T00:00', '1.5', 2],
        ['acme', '2026-03-01T23:00', '2.25', 1],
        ['acme', '2026-03-02T00:00', '10', 1],
      ],
    ],
    [
      'hour',
      'Asia/Kolkata',
      [
        ['acme', '2026-02-28T23:30', '101', 2],
        ['acme', '2026-03-01T00:30', '0.5', 1],
        ['acme', '2026-03-01T22:30', '2.25', 1],
        ['acme', '2026-03-01T23:30', '10', 1],
      ],
    ],
    [
      'day',
      'UTC',
      [
        ['acme', '2026-02-28T00:00', '100', 1],
        ['acme', '2026-03-01T00:00', '3.75', 3],
        ['acme', '2026-03-02T00:00', '10', 1],
      ],
    ],
    [
      'day',
      'Asia/Kathmandu',
      [
        ['acme', '2026-02-28T18:15', '101.5', 3],
        ['acme', '2026-03-01T18:15', '12.25', 2],
      ],
    ],
    [
      'week',
      'UTC',
      [
        ['acme', '2026-02-23T00:00', '103.75', 4],
        ['acme', '2026-03-02T00:00', '10', 1],
      ],
    ],
    [
      'month',
      'America/New_York',
      [
        ['acme', '2026-02-01T05:00', '101.5', 3],
        ['acme', '2026-03-01T05:00', '12.25', 2],
      ],
    ],
    ['total', 'UTC', [['acme', '2026-02-01T00:00', '113.75', 5]]],
  ])('by %s in %s', async (window, zone, expected) => {
    const body = await usage(
      `meter=bytes&customer=acme&from=2026-02-01T00:00:00Z&to=2026-04-01T00:00:00Z&window=${window}&time_zone=${zone}`,
    );
    expect(brief(body)).toEqual(expected);
  });

  test('the range is half open, cuts windows off, and begins and ends at any instant', async () => {
    const range = 'from=2026-03-01T00:10:00Z&to=2026-03-01T00:40:00Z';
    expect((await usage(`meter=bytes&customer=acme&window=day&${range}`)).data).toMatchObject([
      { from: '2026-03-01T00:10:00.000Z', to: '2026-03-01T00:40:00.000Z', quantity: '1', event_count: 1 },
    ]);
    const offset = 'from=2026-03-02T00:00:00%2B01:00&to=2026-03-02T01:00:00%2B01:00';
    expect((await usage(`meter=bytes&customer=acme&${offset}`)).data).toMatchObject([{ quantity: '2.25' }]);
  });

  test.each([
    ['avg', ['33.8333333333333333333333333333333333333333', '6.125']],
    ['min', ['0.5', '2.25']],
    ['max', ['100', '10']],
    ['latest', ['0.5', '10']],
    ['unique', ['3', '2']],
  ])('%s is taken over each window', async (meter, expected) => {
    const body = await usage(
      `meter=${meter}&customer=acme&from=2026-02-28T18:15:00Z&to=2026-03-03T18:15:00Z&window=day&time_zone=Asia/Kathmandu`,
    );
    expect(body.data.map(({ quantity }: Row) => quantity)).toEqual(expected);
  });

  test('summed over time, windows without events show the level they begin with', async () => {
    const body = await usage(
      'meter=weighted_sum&customer=acme&from=2026-03-01T23:00:00Z&to=2026-03-02T02:00:00Z&window=hour',
    );
    expect(brief(body)).toEqual([
      // 101.5 all the hour, 2.25 for its last 40 minutes.
      ['acme', '2026-03-01T23:00', '103', 1],
      ['acme', '2026-03-02T00:00', '113.75', 1],
      ['acme', '2026-03-02T01:00', '113.75', 0],
    ]);
  });

  test.each([
    [
      '',
      [
        [{ region: null, size: null }, '4'],
        [{ region: 'a "b",c', size: 2 }, '6'],
        [{ region: 'eu', size: 1 }, '3'],
        [{ region: 'eu', size: 2 }, '5'],
      ],
    ],
    [
      '&group_by=region',
      [
        [{ region: null }, '4'],
        [{ region: 'a "b",c' }, '6'],
        [{ region: 'eu' }, '8'],
      ],
    ],
    ['&group_by=', [[null, '18']]],
    [
      '&group_by=size&filter[region]=eu',
      [
        [{ size: 1 }, '3'],
        [{ size: 2 }, '5'],
      ],
    ],
    ['&group_by=&filter[size]=1&filter[size]=2&filter[region]=eu', [[null, '8']]],
  ])('groups and filters: %s', async (query, expected) => {
    const { data } = await usage(`meter=grouped${query}`);
    expect(data.map(({ group, quantity }: Row) => [group, quantity])).toEqual(expect.arrayContaining(expected));
    expect(data).toHaveLength(expected.length);
  });

  test('of one subscription, or of none', async () => {
    expect((await usage('meter=bytes&customer=named&subscription=s1')).data).toMatchObject([{ quantity: '1' }]);
    expect((await usage('meter=bytes&customer=named&subscription=')).data).toMatchObject([{ quantity: '2' }]);
  });

  test('pages go on where they stopped', async () => {
    const range = 'from=2026-02-01T00:00:00Z&to=2026-04-01T00:00:00Z';
    for (const query of [
      `meter=bytes&window=hour&${range}`,
      `meter=bytes&window=hour&time_zone=Asia/Kolkata&${range}`,
      `meter=grouped&window=day&${range}`,
      `meter=grouped&window=month&customer=acme&${range}`,
      `meter=bytes&window=total&${range}`,
      `meter=weighted_sum&window=week&${range}`,
    ]) {
      const whole = (await usage(`${query}&limit=100`)).data;
      expect(whole.length).toBeGreaterThan(3);
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

  test('as CSV, by parameter or by Accept, with nothing a spreadsheet would carry out', async () => {
    const query = '/v1/usage?meter=bytes&limit=2';
    const first = await own.api.get(`${query}&format=csv`);
    expect(first.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(first.bytes.toString()).toBe(
      [
        'customer,meter,from,to,quantity,event_count',
        "'=cmd|calc,bytes,2026-03-01T00:00:00.000Z,2026-03-15T11:00:00.000Z,-3,1",
        'acme,bytes,2026-03-01T00:00:00.000Z,2026-03-15T11:00:00.000Z,13.75,4',
        '',
      ].join('\r\n'),
    );
    const second = await own.api.get(`${query}&cursor=${first.headers.get('x-next-cursor')}`, { accept: 'text/csv' });
    expect(second.bytes.toString()).toContain('beta,bytes');
    const groups = await own.api.get('/v1/usage?meter=grouped&group_by=region&format=csv');
    expect(groups.bytes.toString()).toContain('acme,grouped,"a ""b"",c",2026');
  });

  describe('the running hour', () => {
    const live = (customer: string) => `meter=bytes&customer=${customer}&from=2026-03-15T10:00:00Z&window=hour`;
    const cached = (customer: string) =>
      api.cache.putVersioned(
        liveUsageEntries(
          [
            {
              organizationId: own.id,
              meterId: bytesId,
              customer,
              hour: Date.parse('2026-03-15T10:00:00Z'),
              subscription: '',
              groupKey: '',
              eventCount: '9',
              total: '8.50',
              version: 5n,
            },
          ],
          NOW,
        ),
      );

    test('of one customer comes from the live view while it has it', async () => {
      expect(await usage(live('beta'))).toMatchObject({ source: 'database' });
      await cached('beta');
      expect(await usage(live('beta'))).toMatchObject({
        source: 'cache',
        data: [{ customer: 'beta', quantity: '8.5', event_count: 9, from: '2026-03-15T10:00:00.000Z' }],
      });
      // A longer range is never half live, nor is a part of the hour.
      expect(await usage('meter=bytes&customer=beta')).toMatchObject({
        source: 'database',
        data: [{ event_count: 1 }],
      });
      expect(await usage(`${live('beta')}&time_zone=Asia/Kolkata`)).toMatchObject({ source: 'database' });
    });

    test('comes from the database where the live view is not the whole of it', async () => {
      await cached('named');
      expect(await usage(live('named'))).toMatchObject({ source: 'database', data: [{ quantity: '3' }] });
      await cached('solo');
      expect(await usage(live('solo'))).toMatchObject({ source: 'cache' });
      await own.api.post('/v1/customers', { key: 'solo', name: 'Solo', aliases: ['solo-2'] });
      expect(await usage(live('solo'))).toMatchObject({ source: 'database' });
    });
  });

  test('another organization sees its own', async () => {
    expect(await usage('meter=bytes', other.api)).toMatchObject({ status: 404, code: 'not_found' });
    expect(brief(await usage('meter=theirs', other.api))).toEqual([['acme', '2026-03-01T00:00', '777', 1]]);
    expect(await usage('meter=theirs')).toMatchObject({ status: 404 });
  });

  test.each([
    ['', ['/meter']],
    [
      'meter=bytes&from=yesterday&to=tomorrow&window=year&time_zone=Mars/Base',
      ['/from', '/to', '/window', '/time_zone'],
    ],
    ['meter=bytes&from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z', ['/to']],
    ['meter=bytes&from=2027-01-01T00:00:00Z', ['/from']],
    ['meter=bytes&to=2026-02-01T00:00:00Z', ['/to']],
    ['meter=bytes&custmer=acme', ['/custmer']],
    ['meter=grouped&group_by=colour', ['/group_by']],
    ['meter=grouped&filter[colour]=red', ['/filter[colour]']],
    ['meter=bytes&window=hour&from=2020-01-01T00:00:00Z', ['/window']],
  ])('%s is refused', async (query, expected) => {
    const body = await usage(query);
    expect([body.status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, expected]);
  });
});

describe('aliases', () => {
  test('what events name by an alias is the customer’s, asked for by any of its names', async () => {
    const apply = await usageOfAliases();
    await own.api.post('/v1/customers', { key: 'mother', name: 'Mother', aliases: ['a-child', 'z-child'] });
    expect(await apply()).toEqual([['mother', '6', 3]]);
    for (const name of ['mother', 'a-child', 'z-child'])
      expect((await usage(`meter=family&customer=${name}`)).data).toMatchObject([
        { customer: 'mother', quantity: '6' },
      ]);
    // For good: what was billed under a name must not come to be somebody else's.
    expect((await own.api.patch('/v1/customers/mother', { aliases: ['a-child'] })).status).toBe(409);
  });

  async function usageOfAliases() {
    await own.api.post('/v1/meters', {
      key: 'family',
      name: 'F',
      event_type: 'f',
      aggregation: 'sum',
      value_property: 'v',
    });
    const values = ['a-child', 'mother', 'z-child'].map((customer, n) =>
      used(customer, '2026-03-03T00:00:00Z', String(n + 1), { type: 'f' }),
    );
    await feed(own.id, values, new Date(NOW));
    return async () =>
      (await usage('meter=family')).data.map((row: Row) => [row.customer, row.quantity, row.event_count]);
  }
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

test('hours cannot be cut where raw events are no longer kept: that is said, and never counted as 0', async () => {
  const { id, api: client } = await api.organization();
  await client.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  await api.owner.query(
    `INSERT INTO record_counts (organization_id, received_on, log_epoch, log_partition, outcome, records) VALUES ($1, '2020-01-01', 1, 0, 'counted', 1)`,
    [id],
  );
  await api.owner.query(
    `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
     SELECT organization_id, id, 'acme', '2020-01-01T18:00:00Z', '', '', 1, 1, 0, 1 FROM meters WHERE organization_id = $1`,
    [id],
  );
  await api.owner.query('SELECT ensure_usage_events_day(current_date)');
  const query = (zone: string) =>
    client.get(`/v1/usage?meter=calls&from=2020-01-01T18:30:00Z&to=2020-01-02T18:30:00Z&time_zone=${zone}&window=day`);
  expect(await query('Asia/Kolkata')).toMatchObject({ status: 422, body: { code: 'raw_events_gone' } });
  expect((await client.get('/v1/usage?meter=calls&from=2020-01-01T18:00:00Z&to=2020-01-02T18:00:00Z')).status).toBe(
    200,
  );
});
