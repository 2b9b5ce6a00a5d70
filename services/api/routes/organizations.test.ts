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

test('its tax rates exist and can stand on one bill', async () => {
  const { api: client } = await api.organization();
  const rate = { name: 'Tax', percent: '5', valid_from: '2026-01-01' };
  for (const key of ['gst', 'pst']) await client.post('/v1/tax-rates', { ...rate, key });
  await client.post('/v1/tax-rates', { ...rate, key: 'vat', inclusive: true });
  const change = (tax_rates: readonly string[]) => client.patch('/v1/organization', { tax_rates });
  expect((await client.get('/v1/organization')).body.tax_rates).toEqual([]);
  expect((await change(['pst', 'gst'])).body.tax_rates).toEqual(['pst', 'gst']);
  expect(pointersOf((await change(['vat', 'gst', 'none'])).body)).toEqual(['/tax_rates/1', '/tax_rates/2']);
  expect((await client.patch('/v1/organization', { name: 'New' })).body.tax_rates).toEqual(['pst', 'gst']);
  const early = await api.operator.post('/v1/organizations', { name: 'Early', tax_rates: ['gst'] });
  expect([early.status, pointersOf(early.body)]).toEqual([422, ['/tax_rates/0']]);
});

test('live or test is told when it is made and never changes', async () => {
  const { id, api: client } = await api.organization({ mode: 'test' });
  expect((await client.get('/v1/organization')).body).toMatchObject({ id, mode: 'test' });
  expect((await (await api.organization()).api.get('/v1/organization')).body.mode).toBe('live');
  expect(pointersOf((await client.patch('/v1/organization', { mode: 'live' })).body)).toEqual(['/mode']);
  expect((await client.patch('/v1/organization', { name: 'New' })).body).toMatchObject({ name: 'New', mode: 'test' });
  await expect(api.owner.query("UPDATE organizations SET mode = 'live' WHERE id = $1", [id])).rejects.toThrow(
    `organization ${id} is test for good`,
  );
  expect(pointersOf((await api.operator.post('/v1/organizations', { name: 'N', mode: 'demo' })).body)).toEqual([
    '/mode',
  ]);
});

test('the operator lists all of them, page by page, without their settings', async () => {
  const made = [];
  for (const mode of ['test', 'live', 'test']) made.push((await api.organization({ name: `Listed ${mode}`, mode })).id);
  const seen = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await api.operator.get(`/v1/organizations?limit=2${cursor}`);
    expect([status, body.data.length > 0]).toEqual([200, true]);
    seen.push(...body.data);
    if (body.next_cursor === null) break;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
  const { rows } = await api.owner.query('SELECT id FROM organizations ORDER BY id');
  expect(seen.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  expect(seen.slice(-3)).toEqual(
    made.map((id, place) => {
      const mode = place === 1 ? 'live' : 'test';
      return { id, name: `Listed ${mode}`, mode, created_at: expect.any(String) };
    }),
  );
  expect((await api.operator.get('/v1/organizations?cursor=nonsense')).status).toBe(422);
});
