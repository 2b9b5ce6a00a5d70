import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

const HOUR = 3_600_000;

test('a new version begins behind all that a wider bound of before let in', async () => {
  const { api: client } = await api.organization({ event_max_ahead_seconds: 86_400 });
  const meter = { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' };
  await client.post('/v1/meters', meter);
  const lowered = Date.now();
  expect((await client.patch('/v1/organization', { event_max_ahead_seconds: 60 })).status).toBe(200);
  const version = (effective_from?: string) =>
    client.post('/v1/meters/calls/versions', { name: 'Calls', event_type: 'call', group_by: [], effective_from });
  const early = new Date(Math.ceil((lowered + 2 * HOUR) / HOUR) * HOUR).toISOString();
  expect((await version(early)).body).toMatchObject({ status: 422, errors: [{ pointer: '/effective_from' }] });
  const { status, body } = await version();
  expect(status).toBe(201);
  expect(Date.parse(body.effective_from)).toBeGreaterThan(lowered + 86_400_000);
  expect(Date.parse(body.effective_from)).toBeLessThan(lowered + 86_400_000 + 2 * HOUR);
});

test('widening a bound and lowering it to the same leaves what was reached', async () => {
  const { id, api: client } = await api.organization();
  await client.patch('/v1/organization', { event_max_ahead_seconds: 7_200 });
  const reached = async () =>
    (await api.owner.query('SELECT events_reach_until AS at FROM organizations WHERE id = $1', [id])).rows[0].at;
  expect(await reached()).toBeNull();
  await client.patch('/v1/organization', { event_max_ahead_seconds: 300 });
  const first = await reached();
  await client.patch('/v1/organization', { event_max_ahead_seconds: 0 });
  expect(await reached()).toEqual(first);
});
