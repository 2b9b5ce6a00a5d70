import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createPostgresLog } from '#libs/event-log/postgres/postgres-log.ts';
import { createMeterCatalog } from '#libs/metering/meter.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { answer } from './answer.ts';
import { judgeItem } from './judge-item.ts';
import { takeEvents } from './take-events.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const rules = {
  bounds: { maxAgeDays: 35, maxAheadSeconds: 300, clockOffset: 0 },
  catalog: createMeterCatalog(1n, [
    {
      organizationId: 1,
      id: 1,
      key: 'bytes',
      eventType: 'call',
      aggregation: 'sum' as const,
      valueProperty: 'bytes',
      groupBy: [],
      filter: [],
      effectiveFrom: null,
      effectiveUntil: null,
      startedAt: { epoch: 0, offsets: new Map() },
      endedAt: null,
    },
  ]),
};
const event = (id: string, bytes: unknown = 5) => ({ id, type: 'call', customer: 'acme', properties: { bytes } });
const judge = (raw: readonly unknown[]) => raw.map((item) => judgeItem(1, item, rules, now));

let database: TestDatabase;
let log: EventLog;
beforeAll(async () => {
  database = await createTestDatabase();
  log = await createPostgresLog({ pool: database.pool('tollbook_api') });
});
afterAll(async () => {
  await log.close();
  await database.drop();
});

const records = async () =>
  Number((await database.pool('owner').query<{ count: string }>('SELECT count(*) FROM log_records')).rows[0]?.count);

function taker(cache = createMemoryCache()) {
  const dependencies = { log, cache, onCacheError: () => {} };
  return async (raw: readonly unknown[]) => (await takeEvents(dependencies, judge(raw))).map(({ status }) => status);
}

test('one bad event does not spoil its batch, and results stand in request order', async () => {
  const before = await records();
  const statuses = await taker()([event('a1'), { nonsense: true }, event('a2', 'many'), event('a3')]);
  expect(statuses).toEqual(['accepted', 'rejected', 'rejected', 'accepted']);
  expect(await records()).toBe(before + 2);
});

test('the same id twice in one batch is one accepted and one duplicate or conflict', async () => {
  expect(await taker()([event('b1'), event('b1'), event('b1', 6)])).toEqual(['accepted', 'duplicate', 'conflict']);
});

test('a replay is labelled from the cache; with the cache away it is simply taken again', async () => {
  const take = taker();
  expect(await take([event('c1')])).toEqual(['accepted']);
  expect(await take([event('c1'), event('c1', 7)])).toEqual(['duplicate', 'conflict']);
  const gone = {
    ...createMemoryCache(),
    getMany: () => Promise.reject(new Error('away')),
    setManyIfAbsent: () => Promise.reject(new Error('away')),
  };
  expect(await taker(gone)([event('c1'), event('c1')])).toEqual(['accepted', 'duplicate']);
});

test('a log that does not confirm makes every event of the append unknown, and no label is left behind', async () => {
  const cache = createMemoryCache();
  const silent: EventLog = {
    ...log,
    append: async (list) => list.map(() => ({ status: 'unavailable', reason: 'The log did not confirm.' })),
  };
  const results = await takeEvents({ log: silent, cache, onCacheError: () => {} }, judge([event('d1'), event('d1')]));
  expect(results.map(({ status }) => status)).toEqual(['unavailable', 'unavailable']);
  expect((results[0] as { detail: string }).detail).toMatch(/same id/);
  expect(await taker(cache)([event('d1')])).toEqual(['accepted']);
});

test('a value that a meter cannot read is told in the words of the form that was sent', () => {
  const [native, cloud] = judge([
    event('v', 'many'),
    { specversion: '1.0', id: 'v', source: 's', type: 'call', subject: 'acme', data: { bytes: 'many' } },
  ]);
  expect(native).toMatchObject({ ok: false, id: 'v', rejection: { code: 'unreadable_value', pointer: '/properties' } });
  expect(cloud).toMatchObject({ ok: false, id: 'v', rejection: { code: 'unreadable_value', pointer: '/data' } });
});

describe('the answer to a batch', () => {
  const of = (...statuses: string[]) =>
    answer(statuses.map((status) => ({ id: 'x', status, detail: 'why', code: 'c', pointer: '' }) as never));
  test.each([
    [['accepted', 'duplicate'], 200],
    [['accepted', 'rejected'], 207],
    [['duplicate', 'unavailable'], 207],
    [['rejected', 'conflict'], 422],
    [['unavailable', 'rejected'], 503],
    [['unavailable'], 503],
  ])('%j is %i', (statuses, status) => {
    expect(of(...statuses).status).toBe(status);
  });

  test('503 says when to try again, and failed names each event that was not taken', () => {
    const answered = of('unavailable', 'rejected');
    expect(answered.headers).toEqual({ 'Retry-After': '1' });
    expect(answered.body).toMatchObject({
      accepted: 0,
      duplicates: 0,
      failed: [
        { transaction_id: 'x', reason: 'why' },
        { transaction_id: 'x', reason: 'why' },
      ],
    });
  });
});
