import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { encodeCursor } from '#libs/http/paging.ts';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { runDependencies } from '#tests/support/billing.ts';
import { createFeed, type Feed, usageEvent } from '#tests/support/metering.ts';

let api: TestApi;
let own: { id: number; api: TestApiClient };
let other: { id: number; api: TestApiClient };
let feed: Feed;
const NOW = Date.parse('2026-03-15T10:20:00Z');
const MARCH_1 = Date.parse('2026-03-01T00:30:00Z');

const correction = (id: string, over: Partial<Correction>): Correction => ({
  kind: 'void',
  id,
  source: '',
  correctionId: `c-${id}-${over.kind}`,
  reason: 'sent twice',
  actor: 'ann',
  changes: {},
  ...over,
});
const event = (id: string, over: Partial<UsageEvent> = {}) =>
  usageEvent(id, { type: 'e', time: MARCH_1, properties: { v: '2', region: 'eu' }, ...over });

beforeAll(async () => {
  api = await startTestApi({ now: () => NOW });
  own = await api.organization();
  other = await api.organization();
  await own.api.post('/v1/meters', {
    key: 'bytes',
    name: 'B',
    event_type: 'e',
    aggregation: 'sum',
    value_property: 'v',
    group_by: ['region'],
  });
  await own.api.post('/v1/customers', { key: 'mother', name: 'Mother', aliases: ['child'] });
  feed = await createFeed(api.worker);
  await feed(own.id, [event('old', { type: 'x' })], new Date('2026-03-12T10:00:00Z'));
  await feed(own.id, [event('older day', { customer: 'child' })], new Date('2026-03-13T10:00:00Z'));
  await feed(other.id, [event('theirs')], new Date('2026-03-15T08:00:00Z'));
  await feed(
    own.id,
    [event('a'), event('b', { customer: 'mother' }), event('c', { type: 'x', source: 's1' })],
    new Date('2026-03-15T09:00:00Z'),
  );
  await feed(
    own.id,
    [
      event('void me'),
      event('c', { source: 's2' }),
      event('amend/me', { subscription: 'sub' }),
      correction('void me', {}),
      event('a'),
      event('a', { properties: { v: '9' } }),
    ],
    new Date('2026-03-15T10:00:00Z'),
  );
  await feed(
    own.id,
    [
      correction('amend/me', {
        kind: 'amend',
        changes: { properties: { v: '7', region: 'us' }, time: MARCH_1 + 3_600_000 },
      }),
    ],
    new Date('2026-03-15T10:10:00Z'),
  );
  await feed(
    own.id,
    [correction('void me', { kind: 'amend', changes: { type: 'y' } }), correction('not yet', {})],
    new Date('2026-03-15T10:15:00Z'),
  );
});
afterAll(() => api?.stop());

const search = async (query = '', client = own.api) => (await client.get(`/v1/events?${query}`)).body;
const ids = async (query: string) => (await search(query)).data.map(({ id }: { id: string }) => id);

describe('search', () => {
  test.each([
    ['', ['amend/me', 'c', 'void me', 'c', 'b', 'a']],
    ['customer=mother', ['b', 'older day']],
    ['customer=child', ['b', 'older day']],
    ['received_from=2026-03-01T00:00:00Z&type=x', ['c', 'old']],
    ['received_from=2026-03-12T00:00:00Z&received_to=2026-03-13T10:00:00.001Z', ['older day', 'old']],
    ['received_to=2026-03-13T10:00:00Z', ['old']],
    ['state=voided', ['void me']],
    ['state=unassigned', ['c']],
    ['state=counted', ['amend/me', 'c', 'b', 'a']],
    ['source=s2', ['c']],
    ['source=', ['amend/me', 'void me', 'b', 'a']],
    ['from=2026-03-01T01:00:00Z', ['amend/me']],
    ['to=2026-03-01T00:30:00Z', []],
    ['id=c', ['c', 'c']],
    ['id=c&source=s1', ['c']],
    ['id=old', ['old']],
    ['id=old&customer=mother', []],
    ['id=nobody', []],
  ])('%s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  test('pages go on where they stopped, over days', async () => {
    const whole = (await search('received_from=2026-03-01T00:00:00Z&limit=100')).data;
    expect(whole).toHaveLength(8);
    for (const limit of [1, 3]) {
      const paged: unknown[] = [];
      for (let cursor = ''; ; ) {
        const page = await search(`received_from=2026-03-01T00:00:00Z&limit=${limit}${cursor}`);
        paged.push(...page.data);
        if (!page.next_cursor) break;
        cursor = `&cursor=${page.next_cursor}`;
      }
      expect(paged).toEqual(whole);
    }
  });

  test('another organization sees its own', async () => {
    expect((await search('', other.api)).data).toMatchObject([{ id: 'theirs', state: 'unassigned' }]);
    expect((await other.api.get('/v1/events/a')).status).toBe(404);
  });

  test.each([
    ['from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', ['/to']],
    ['received_from=now&state=lost&colour=red', ['/received_from', '/state', '/colour']],
    [`cursor=${encodeCursor(['2026-03-15', [[1, 0, '-5']]])}`, ['/cursor']],
  ])('%s is refused', async (query, expected) => {
    const body = await search(query);
    expect([body.status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, expected]);
  });
});

describe('the story of an event', () => {
  const story = async (id: string, query = '') =>
    (await own.api.get(`/v1/events/${encodeURIComponent(id)}${query}`)).body;

  test('says where it lies, what it counts for, and what came under its id and did not count', async () => {
    expect(await story('a')).toEqual({
      id: 'a',
      source: '',
      type: 'e',
      customer: 'acme',
      subscription: null,
      time: '2026-03-01T00:30:00.000Z',
      time_given: true,
      properties: { v: '2', region: 'eu' },
      received_at: '2026-03-15T09:00:00.000Z',
      state: 'counted',
      revision: 0,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      log: { epoch: 1, partition: 0, offset: '3' },
      hours: [{ meter: 'bytes', hour: '2026-03-01T00:00:00.000Z', group: { region: 'eu' }, value: '2' }],
      corrections: [],
      conflicts: [
        {
          received_at: '2026-03-15T10:00:00.000Z',
          log: { epoch: 1, partition: 0, offset: '11' },
          record: expect.objectContaining({ properties: { v: '9' } }),
        },
      ],
      invoice_lines: [],
    });
  });

  test('shows an event as amended, with when it first came', async () => {
    expect(await story('amend/me')).toMatchObject({
      state: 'counted',
      revision: 1,
      subscription: 'sub',
      received_at: '2026-03-15T10:00:00.000Z',
      log: { offset: '8' },
      time: '2026-03-01T01:30:00.000Z',
      hours: [{ hour: '2026-03-01T01:00:00.000Z', group: { region: 'us' }, value: '7' }],
      corrections: [
        {
          kind: 'amend',
          state: 'applied',
          actor: 'ann',
          reason: 'sent twice',
          revision: 1,
          changes: { properties: { v: '7' } },
        },
      ],
    });
  });

  test('shows a void, and the amendment that came too late', async () => {
    expect(await story('void me')).toMatchObject({
      state: 'voided',
      hours: [],
      corrections: [
        { kind: 'void', state: 'applied' },
        { kind: 'amend', state: 'refused', detail: expect.stringContaining('final'), changes: { type: 'y' } },
      ],
    });
  });

  test('asks for the source where several use the id', async () => {
    expect(await story('c')).toMatchObject({
      status: 409,
      code: 'ambiguous_source',
      detail: expect.stringContaining('"s1", "s2"'),
    });
    expect(await story('c', '?source=s1')).toMatchObject({ source: 's1', state: 'unassigned' });
    expect(await story('c', '?source=s2')).toMatchObject({ source: 's2', state: 'counted' });
    expect(await story('c', '?source=s3')).toMatchObject({ status: 404 });
  });

  test('is not there for an event that did not come', async () => {
    expect(await story('nobody')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await story('not yet')).toMatchObject({ status: 404, detail: expect.stringContaining('wait for it') });
  });

  test('names the invoice lines it went into: those whose watermark lies behind it', async () => {
    await own.api.post('/v1/plans', {
      key: 'basic',
      name: 'Basic',
      currency: 'EUR',
      charges: [{ key: 'bytes', name: 'Bytes', meter: 'bytes', price: { model: 'per_unit', unit_amount: '1' } }],
    });
    const starts = { customer: 'mother', plan: 'basic', starts_on: '2025-03-01', ends_on: '2025-04-01' };
    const { body: subscription } = await own.api.post('/v1/subscriptions', starts);
    const inMarch = { customer: 'child', time: Date.parse('2025-03-10T00:00:00Z') };
    await feed(own.id, [event('billed', inMarch), event('voided later', inMarch)], new Date(NOW));
    const { body: run } = await own.api.post('/v1/billing-runs', {
      ends_after: '2025-03-02',
      ends_until: '2025-04-01',
    });
    await runBilling(runDependencies(api.worker), own.id, run.id);
    await feed(own.id, [event('late', inMarch), correction('voided later', {})], new Date(NOW));
    const line = {
      document: { kind: 'invoice', voided: false, number: expect.any(String) },
      charge: 'bytes',
      subscription: subscription.id,
      meter: 'bytes',
      service_from: '2025-03-01T00:00:00.000Z',
      revision: 0,
    };
    expect((await story('billed')).invoice_lines).toMatchObject([line]);
    expect((await story('voided later')).invoice_lines).toMatchObject([line]);
    expect((await story('late')).invoice_lines).toEqual([]);
  });
});
