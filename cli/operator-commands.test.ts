import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hourOf } from '#libs/metering/hour.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { createFeed, usageEvent } from '#tests/support/metering.ts';

/* `tollbook reconcile` and `tollbook cache rebuild` as a user runs them, against a real API. */

let api: TestApi;
let organization: Awaited<ReturnType<TestApi['organization']>>;
const now = hourOf(Date.now()) + 10;

beforeAll(async () => {
  api = await startTestApi({ now: () => now });
  organization = await api.organization();
  await organization.api.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  const feed = await createFeed(api.worker);
  const events = ['a', 'b', 'b', 'c'].map((id) => usageEvent(id, { time: now }));
  await feed(organization.id, events, new Date(now));
});
afterAll(() => api?.stop());

const tollbook = (args: string[], key = organization.adminKey) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'tollbook.js'), ...args],
      { env: { PATH: process.env.PATH, TOLLBOOK_URL: api.url, TOLLBOOK_API_KEY: key } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

test('reconcile prints days and meters, and ends with 1 when something does not match', async () => {
  const whole = await tollbook(['reconcile']);
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  const day = new Date(now).toISOString().slice(0, 10);
  expect(whole.stdout).toMatch(new RegExp(`^${day}( +\\d+){9}$`, 'm'));
  expect(whole.stdout).toMatch(/^total +4 +3 +0 +1 +0 +0 +0 +0 +0$/m);
  expect(whole.stdout).toMatch(/^calls +3 +3 +0$/m);
  expect(whole.stdout).toMatch(/Every record is accounted for\.\n$/);

  await api.owner.query('UPDATE meter_counts SET event_count = event_count + 2');
  const broken = await tollbook(['reconcile', '--json']);
  expect([broken.code, JSON.parse(broken.stdout)]).toMatchObject([1, { records: 4, unexplained: 2 }]);
  expect((await tollbook(['reconcile'])).stdout).toMatch(/2 unexplained/);
  await api.owner.query('UPDATE meter_counts SET event_count = event_count - 2');
});

test('cache rebuild fills an empty cache from the database', async () => {
  const usage = async () =>
    (
      await organization.api.get(
        `/v1/usage?meter=calls&customer=acme&window=hour&from=${new Date(hourOf(now)).toISOString()}`,
      )
    ).body;
  expect(await usage()).toMatchObject({ source: 'database', data: [{ quantity: '3' }] });
  expect(await tollbook(['cache', 'rebuild'])).toMatchObject({ code: 0, stdout: '1 entries written\n' });
  expect(await usage()).toMatchObject({ source: 'cache', data: [{ quantity: '3', event_count: 3 }] });
});

test('a key that may not is told so, in one sentence', async () => {
  const { body } = await organization.api.post('/v1/api-keys', { name: 'reader', scopes: ['read'] });
  const refused = await tollbook(['cache', 'rebuild'], body.key);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^tollbook: POST \/v1\/cache\/rebuild was refused: .+\n$/);
  expect(await tollbook(['reconcile', '--from', 'yesterday'])).toMatchObject({ code: 2 });
});
