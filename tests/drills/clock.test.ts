import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type TestClient } from '#tests/support/client.ts';
import { startProcess, type TestProcess } from '#tests/support/process.ts';
import { startSystem, type TestSystem } from '#tests/support/system.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { METER, WHOLE } from './operator.ts';

/*
 * Ingest's clock steps: an hour back, an hour ahead, right again. What it judges wrongly it refuses, and says why; what it acknowledged is
 * counted once, in the hour in which it happened or arrived, whichever clock judged it.
 */

const HOUR = 3_600_000;
let system: TestSystem;
let api: TestClient;
let ingest: TestProcess;
let client: TestClient;

beforeAll(async () => {
  const topic = `usage-events-clock-${randomBytes(6).toString('hex')}`;
  system = await startSystem('distributed', { topic });
  const organization = await system.organization({ name: 'Clocks' });
  api = organization.api;
  await api.create('/v1/meters', METER);
  ingest = startProcess('services/ingest/main.ts', {
    DATABASE_URL: await system.databaseUrl(),
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS as string,
    REDIS_URL: process.env.TEST_REDIS_URL as string,
    TOLLBOOK_TOPIC: topic,
    TOLLBOOK_PORT: '0',
    TOLLBOOK_LOG_LEVEL: 'warn',
    NODE_OPTIONS: `--import ${path.join(import.meta.dirname, 'stepping-clock.ts')}`,
    CLOCK_STEPS: [-HOUR, HOUR, 0].join(','),
  });
  client = createClient((await ingest.waitForOutput(/ready at (http:\S+)/))[1] as string, organization.adminKey);
}, 120_000);
afterAll(async () => {
  await ingest?.end();
  await system?.stop();
}, 60_000);

const step = async (by: number) => {
  ingest.signal('SIGUSR2');
  await ingest.waitForOutput(new RegExp(`wrong by ${by} ms`));
};
const event = (id: string, time?: number) => ({
  id,
  type: 'request',
  customer: 'acme',
  properties: { size: 1 },
  ...(time !== undefined && { time: new Date(time).toISOString() }),
});
const statuses = async (...events: unknown[]) => {
  const { body } = await client.post<{ results: { status: string; code?: string }[] }>('/v1/events', { events });
  return body.results.map(({ status, code }) => code ?? status);
};

test('what a wrong clock refuses can be sent again; what it took counts once, where it belongs', async () => {
  const began = Date.now();
  expect(await statuses(event('right', began), event('untimed right'))).toEqual(['accepted', 'accepted']);
  await step(-HOUR);
  // Now looks an hour ahead. Without a time the log's clock decides, and that one is right.
  expect(await statuses(event('back', began), event('untimed back'))).toEqual(['event_too_far_ahead', 'accepted']);
  // Also of one that was taken: the sender knows that it was.
  expect(await statuses(event('right', began), event('untimed right'))).toEqual(['event_too_far_ahead', 'duplicate']);
  await step(HOUR);
  const nearBound = began - 35 * 24 * HOUR + HOUR / 2;
  expect(await statuses(event('ahead', began), event('old', nearBound), event('untimed ahead'))).toEqual([
    'accepted',
    'event_too_old',
    'accepted',
  ]);
  await step(0);
  expect(await statuses(event('back', began), event('old', nearBound), event('ahead', began))).toEqual([
    'accepted',
    'accepted',
    'duplicate',
  ]);
  expect(await statuses(event('untimed back'), event('untimed ahead'))).toEqual(['duplicate', 'duplicate']);
  const ended = Date.now();

  await waitFor(async () => (await api.get<{ counted: number }>(WHOLE)).body.counted === 7, {
    timeoutMs: 60_000,
    describe: 'seven events to be counted',
  });
  expect((await api.get(WHOLE)).body).toMatchObject({ counted: 7, conflicts: 0, dead_letters: 0, unexplained: 0 });
  const hourOf = (time: number) => new Date(Math.floor(time / HOUR) * HOUR).toISOString();
  const { body } = await api.get<{ data: { from: string; event_count: number }[] }>(
    `/v1/usage?meter=requests&window=hour&from=${hourOf(nearBound)}`,
  );
  const allowed = new Set([nearBound, began, ended].map(hourOf));
  expect(body.data.map(({ from }) => from).filter((from) => !allowed.has(from))).toEqual([]);
  expect(body.data.reduce((sum, { event_count }) => sum + event_count, 0)).toBe(7);
}, 120_000);
