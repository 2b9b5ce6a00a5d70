import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { METER, newCustomer, PLAN } from '#tests/support/catalog.ts';
import { waitFor } from '#tests/support/wait-for.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('each change is told once and in order, to its own organization', async () => {
  const { api: client, id } = await api.organization({ name: 'Feed' });
  await client.post('/v1/meters', METER);
  await client.post('/v1/plans', PLAN);
  const customer = await newCustomer(client);
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
  const types = async () => ((await client.get('/v1/changes')).body.data as { type: string }[]).map(({ type }) => type);
  await waitFor(async () => (await types()).length === 1, { describe: 'the first change' });
  const slow = await api.owner.connect();
  await slow.query('BEGIN');
  await slow.query("INSERT INTO outbox (organization_id, type, subject, data) VALUES ($1, 'slow.change', '1', '{}')", [
    id,
  ]);
  await newCustomer(client);
  expect(await types()).toEqual(['organization.created']);
  await slow.query('COMMIT');
  slow.release();
  await waitFor(async () => (await types()).length === 3, { describe: 'both changes' });
  expect(await types()).toEqual(['organization.created', 'slow.change', 'customer.created']);
});
