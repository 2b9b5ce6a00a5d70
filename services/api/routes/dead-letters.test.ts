import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { encodeEvent } from '#libs/events/record.ts';
import { publishDeadLetters } from '#libs/metering/dead-letters/publish-dead-letters.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { createFeed, type Feed, usageEvent } from '#tests/support/metering.ts';

let api: TestApi;
let organization: { id: number; api: TestApiClient };
let other: TestApiClient;
let feed: Feed;

beforeAll(async () => {
  api = await startTestApi();
  organization = await api.organization();
  other = (await api.organization()).api;
  await organization.api.post('/v1/meters', {
    key: 'bytes',
    name: 'Bytes',
    event_type: 'call',
    aggregation: 'sum',
    value_property: 'bytes',
  });
  feed = await createFeed(api.worker);
  const unreadable = ['a', 'b', 'c'].map((id) => usageEvent(id, { properties: { bytes: 'many' } }));
  const latin1 = Buffer.concat([Buffer.from('{"v":2,'), Buffer.from([0xe9])]);
  await feed(organization.id, [...unreadable, latin1, Buffer.from(`{"v":1,"organization":${organization.id}}`)]);
});
afterAll(() => api?.stop());

test('are listed newest first, page by page, with the record as it lies in the log; to nobody else', async () => {
  const first = (await organization.api.get('/v1/dead-letters?limit=3')).body;
  const second = (await organization.api.get(`/v1/dead-letters?limit=3&cursor=${first.next_cursor}`)).body;
  expect([first.data.length, second.data.length, second.next_cursor]).toEqual([3, 1, null]);
  const all = [...first.data, ...second.data];
  expect(new Set(all.map(({ id }) => id)).size).toBe(4);
  expect(all.find(({ log }) => log.offset === '0')).toEqual({
    id: expect.any(String),
    reason: 'unreadable_value',
    detail: expect.stringContaining('"bytes"'),
    received_at: expect.any(String),
    event_time: expect.any(String),
    log: { epoch: 1, partition: 0, offset: '0' },
    record: encodeEvent(organization.id, usageEvent('a', { properties: { bytes: 'many' } })).toString(),
    encoding: 'utf-8',
    replayed_at: null,
    discarded_at: null,
  });
  const byReason = (await organization.api.get('/v1/dead-letters?reason=unknown_version')).body.data;
  expect(byReason.map(({ log }: { log: { offset: string } }) => log.offset)).toEqual(['4']);
  expect((await organization.api.get(`/v1/dead-letters/${byReason[0].id}`)).body).toEqual(byReason[0]);
  expect((await other.get(`/v1/dead-letters/${byReason[0].id}`)).body).toMatchObject({ code: 'not_found' });
  expect((await other.get('/v1/dead-letters')).body.data).toEqual([]);
});

test('one that is no UTF-8 and says no organization is kept byte for byte, for operators', async () => {
  const { rows } = await api.owner.query('SELECT reason, record FROM dead_letters WHERE organization_id = 0');
  expect(rows).toEqual([
    { reason: 'undecodable', record: Buffer.concat([Buffer.from('{"v":2,'), Buffer.from([0xe9])]) },
  ]);
});

test('are put into the log again, each once, into the partition of their identity', async () => {
  const { data } = (await organization.api.get('/v1/dead-letters?reason=unreadable_value')).body;
  const ids: string[] = data.map(({ id }: { id: string }) => id);
  const unknown = '00000000-0000-4000-8000-000000000000';
  const replay = (body: unknown) => organization.api.post('/v1/dead-letters/replay', body);
  expect((await replay({ ids: [ids[0], unknown] })).body).toEqual({
    results: [
      { id: ids[0], status: 'replayed' },
      { id: unknown, status: 'not_found' },
    ],
    more: false,
  });
  expect((await replay({ ids: [ids[0]] })).body.results).toEqual([{ id: ids[0], status: 'replayed_before' }]);
  const rest = (await replay({ reason: 'unreadable_value' })).body;
  expect(rest.results.map(({ id }: { id: string }) => id).sort()).toEqual(ids.slice(1).sort());
  expect((await replay({ reason: 'unreadable_value' })).body).toEqual({ results: [], more: false });
  expect((await other.post('/v1/dead-letters/replay', { ids })).body.results).toEqual(
    ids.map((id) => ({ id, status: 'not_found' })),
  );
  const { rows } = await api.owner.query('SELECT value FROM log_records');
  expect(rows.map(({ value }) => value.toString()).sort()).toEqual(
    data.map(({ record }: { record: string }) => record).sort(),
  );
  expect((await organization.api.get(`/v1/dead-letters/${ids[0]}`)).body.replayed_at).not.toBeNull();
  expect((await replay({})).status).toBe(422);
  expect((await replay({ ids, reason: 'refused' })).status).toBe(422);
});

test('are published at least once: what is not confirmed is published again', async () => {
  const sent: string[] = [];
  const publish = (fails: boolean) =>
    publishDeadLetters(api.worker, async (messages) => {
      for (const { headers } of messages) sent.push(headers.offset as string);
      if (fails) throw new Error('no leader');
    });
  await expect(publish(true)).rejects.toThrow('no leader');
  expect(await publish(false)).toBe(5);
  expect(await publish(false)).toBe(0);
  expect(sent).toEqual(['0', '1', '2', '3', '4', '0', '1', '2', '3', '4']);
  // Two at once take different ones.
  await api.owner.query('UPDATE dead_letters SET published_at = NULL');
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const one = publishDeadLetters(api.worker, () => {
    begun.resolve();
    return gate.promise;
  });
  await begun.promise;
  expect(await publish(false)).toBe(0);
  gate.resolve();
  expect(await one).toBe(5);
});

test('of an organization whose clock was moved go back with that clock, by which a forgotten identity is told', async () => {
  const moved = await api.organization({ mode: 'test' });
  const early = usageEvent('early', { time: Date.now() + 60 * 86_400_000 });
  await feed(moved.id, [early]);
  await moved.api.post('/v1/test-clock/advance', { to: new Date(early.time).toISOString() });
  const offset = (await moved.api.get('/v1/test-clock')).body.offset_seconds * 1000;
  const { data } = (await moved.api.get('/v1/dead-letters?reason=too_far_ahead')).body;
  await moved.api.post('/v1/dead-letters/replay', { ids: [data[0].id] });
  const { rows } = await api.owner.query('SELECT value FROM log_records ORDER BY appended_at DESC LIMIT 1');
  expect(rows[0].value).toEqual(encodeEvent(moved.id, early, offset));
});
