import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { pointersOf } from '#tests/support/catalog.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

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
  expect(pointersOf(body).sort()).toEqual([
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
