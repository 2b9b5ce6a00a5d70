import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { listen, type RunningServer } from '#libs/http/server.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { correctionRoutes } from './corrections-route.ts';
import { eventsRoute } from './events-route.ts';
import { createOrganizationRules } from './organization-rules.ts';

/* Events as nobody in good faith sends them, beside those of services/api/hostile-requests.test.ts: refused, and others are served. */

const LIMITS = { events: 100, bytes: 100_000 };
const EVENT = { id: 'e-1', type: 'call', customer: 'acme' };

let api: TestApi;
let server: RunningServer;
let key: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ adminKey: key } = await api.organization());
  const { pool, log } = api;
  const rulesOf = createOrganizationRules(pool);
  const metrics = createMetrics({ service: 'test' });
  const app = createApp({
    routes: [
      eventsRoute({ log, cache: createMemoryCache(), metrics, rulesOf, now: Date.now, limits: LIMITS }),
      ...correctionRoutes({ pool, log, rulesOf, now: Date.now }),
    ],
    authenticate: createAuthenticator({ pool }),
    logger: testLogger(),
    health: [],
    pool,
  });
  server = await listen(app, { port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await server?.close();
  await api?.stop();
});

async function send(path: string, body: Buffer | string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  return { status: response.status, text: await response.text() };
}
const others = async () => (await send('/v1/events', JSON.stringify(EVENT))).status;
const codeOf = ({ status, text }: { status: number; text: string }) => [status, JSON.parse(text).code];

const PACKERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
const PATHS = ['/v1/events', '/v1/events/e-1/void', '/v1/events/e-1/amend'];

describe.each(Object.entries(PACKERS))('packed by %s', (encoding, pack) => {
  test('events are taken', async () => {
    const { status, text } = await send('/v1/events', pack(JSON.stringify(EVENT)), { 'content-encoding': encoding });
    expect([status, text]).toEqual([200, expect.stringMatching(/accepted|duplicate/)]);
  });

  test.each(PATHS)('a bomb to %s is refused', async (path) => {
    const bomb = pack(Buffer.alloc(4 * 1024 * 1024));
    expect(codeOf(await send(path, bomb, { 'content-encoding': encoding }))).toEqual([413, 'body_too_large']);
    expect(await others()).toBe(200);
  });

  test('a stream that is one endless line is let go line by line, and what follows it is taken', async () => {
    const bomb = pack(Buffer.concat([Buffer.alloc(4 * 1024 * 1024, 'a'), Buffer.from(`\n${JSON.stringify(EVENT)}\n`)]));
    const type = { 'content-encoding': encoding, 'content-type': 'application/x-ndjson' };
    const { status, text } = await send('/v1/events', bomb, type);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(200);
    expect(lines.map((line) => line.status ?? 'summary')).toEqual(['rejected', 'duplicate', 'summary']);
    expect(text.length).toBeLessThan(2000);
  });

  test('what is cut off, or is none, is refused', async () => {
    const packed = pack(JSON.stringify(EVENT));
    for (const body of [
      packed.subarray(0, -6),
      Buffer.from('not packed'),
      Buffer.concat([packed.subarray(0, 8), Buffer.from('x')]),
    ])
      expect(codeOf(await send('/v1/events', body, { 'content-encoding': encoding }))).toEqual([400, 'invalid_json']);
    expect(await others()).toBe(200);
  });
});

test('packed twice, or by something else, is refused', async () => {
  const body = gzipSync(gzipSync(JSON.stringify(EVENT)));
  for (const encoding of ['gzip, gzip', 'zstd', 'compress', '__proto__', 'constructor'])
    for (const type of ['application/json', 'application/x-ndjson']) {
      const answer = await send('/v1/events', body, { 'content-encoding': encoding, 'content-type': type });
      expect([encoding, type, ...codeOf(answer)]).toEqual([encoding, type, 415, 'unsupported_media_type']);
    }
});

test('JSON nested without end is refused', async () => {
  for (const path of PATHS)
    for (const deep of ['['.repeat(50_000), '{"a":'.repeat(10_000)])
      expect(codeOf(await send(path, deep))).toEqual([400, 'invalid_json']);
  const properties = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`);
  expect([200, 422]).toContain((await send('/v1/events', JSON.stringify({ ...EVENT, id: 'deep', properties }))).status);
  expect(await others()).toBe(200);
});

test('prototypes are no properties and are not changed', async () => {
  for (const properties of ['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}']) {
    const body = `{"id":"p","type":"call","customer":"__proto__","__proto__":{"polluted":true},"properties":${properties}}`;
    expect((await send('/v1/events', body)).status).toBeLessThan(500);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(await others()).toBe(200);
});
